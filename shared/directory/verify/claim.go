package verify

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

func hash(value string) string { return fmt.Sprintf("\x01%x", sha256.Sum256([]byte(value))) }

// The first letters of the texts of facts. They make a resource sort before the facts that
// need it, and a claim before the resources that must hold it.
const (
	ownFact     = "a" // the resource itself
	itemFact    = "c" // a claim or look-up
	wantFact    = "w" // a resource that must have the claim or look-up
	forwardFact = "f" // the membership's item in the list of the group or team
	reverseFact = "r" // the membership's item in the list of the member
	memberFact  = "m" // a membership in a group needs the resource
	personFact  = "p" // a membership in a team needs the resource
	stepFact    = "s" // a step of a change of the group
)

// wantedClaim is a claim that a user or account must hold.
type wantedClaim struct {
	by     resource
	folded string // kind of claim and folded value: USERNAME#ann
	value  string // as the resource spells it; "" if only the claim is known
}

// claimsOf returns the claims that a stored user or account must hold.
func claimsOf(of resource, doc scim.Value) (list []wantedClaim) {
	add := func(kind, value string) {
		if value != "" {
			list = append(list, wantedClaim{of, kind + "#" + bounded(scim.Fold(value)), value})
		}
	}
	add("USERNAME", doc.Get("userName").Text())
	for _, email := range doc.Get("emails").Items() {
		add("EMAIL", email.Get("value").Text())
	}
	return list
}

// systemScope is the scope of values that are unique among all tenants.
const systemScope = "SYSTEM"

// scope returns the scope of a value that is unique within the tenant or among the accounts.
func (c wantedClaim) scope() string {
	if c.by.kind == account {
		return "ACCOUNTS"
	}
	return "T#" + c.by.tenant
}

// attribute returns the attribute that the claim is on.
func (c wantedClaim) attribute() string {
	if strings.HasPrefix(c.folded, "USERNAME#") {
		return "userName"
	}
	return "email"
}

func claimKey(scope, folded string) table.Key {
	return table.Key{PK: "CLAIM#" + scope + "#" + folded, SK: "CLAIM"}
}

// claim emits a claim. The scope is one word, such as SYSTEM, or two for a tenant: T#acme.
func (r *reader) claim(pk string, item table.Item) {
	r.counts.Claims++
	scope, folded, _ := strings.Cut(strings.TrimPrefix(pk, "CLAIM#"), "#")
	if scope == "T" {
		tenant, rest, _ := strings.Cut(folded, "#")
		scope, folded = "T#"+tenant, rest
	}
	r.emit(fact{claimCheck + folded, parts(sortable(scope), itemFact, holderOf(item))})
}

// sortable returns a form of the scope in which SYSTEM sorts before all others.
func sortable(scope string) string {
	if scope == systemScope {
		return ""
	}
	return scope
}

// holderOf returns the holder of a claim in the form of facts.
func holderOf(item table.Item) string {
	return parts(item.Text("tenant"), strings.ToUpper(item.Text("kind")), item.Text("owner"))
}

func parseHolder(text string) resource {
	p := split(text, 3)
	return resource{p[0], kind(p[1]), p[2]}
}

// lookup emits a look-up by externalId, or a claim on a displayName, whose key has the form
// of a look-up.
func (r *reader) lookup(pk, sk string, item table.Item) {
	if strings.Contains(pk, "#LOOKUP#GROUP#displayName#") {
		r.emit(fact{nameCheck + pk, parts(itemFact, holderOf(item))})
		return
	}
	r.emit(fact{lookupCheck + parts(pk, sk), itemFact})
}

// matchClaims compares the claims on one value with the resources that have it. In each scope
// the claim comes first. A claim in the scope SYSTEM is valid for all scopes.
func (m *matcher) matchClaims(folded string, texts iter.Seq[string]) {
	var system, own *heldClaim
	for text := range texts {
		p := split(text, 3)
		scope, isClaim := p[0], p[1] == itemFact
		if own == nil || own.scope != scope {
			m.orphan(own)
			own = &heldClaim{scope: scope}
		}
		if isClaim {
			own.key, own.by = claimKey(unsortable(scope), folded), parseHolder(p[2])
			if scope == "" {
				system, own = own, nil
			}
			continue
		}
		by := resource{strings.TrimPrefix(scope, "T#"), kind(p[1][1:]), p[2]}
		if by.kind == account {
			by.tenant = ""
		}
		if holds(system, by) || system == nil && holds(own, by) {
			continue
		}
		m.check(claimSubject{wantedClaim{by: by, folded: folded}})
	}
	m.orphan(own)
	m.orphan(system)
}

func unsortable(scope string) string {
	if scope == "" {
		return systemScope
	}
	return scope
}

// heldClaim is a claim, and whether its holder has the value.
type heldClaim struct {
	scope string
	key   table.Key
	by    resource
	used  bool
}

// holds reports whether a resource, which has the value, holds the claim. It marks the claim
// as used.
func holds(c *heldClaim, by resource) bool {
	if c == nil || c.by.id != by.id {
		return false
	}
	c.used = true
	return true
}

// orphan checks a claim whose holder does not have the value.
func (m *matcher) orphan(c *heldClaim) {
	if c != nil && c.key.PK != "" && !c.used {
		m.check(orphanSubject{c.key, c.by})
	}
}

// matchName compares the claim on a displayName with the groups and teams that have it.
func (m *matcher) matchName(pk string, texts iter.Seq[string]) {
	held := &heldClaim{}
	for text := range texts {
		if role, rest, _ := strings.Cut(text, separator); role == itemFact {
			held.key, held.by = table.Key{PK: pk, SK: "CLAIM"}, parseHolder(rest)
		} else if by := (resource{tenantIn(pk), kind(role[1:]), rest}); !holds(held, by) {
			m.check(nameSubject{by, pk})
		}
	}
	m.orphan(held)
}

// tenantIn returns the tenant of a partition key.
func tenantIn(pk string) string { return strings.SplitN(pk, "#", 3)[1] }

// matchLookup compares a look-up with the resource that must have it.
func (m *matcher) matchLookup(key string, texts iter.Seq[string]) {
	var item, wanted bool
	for text := range texts {
		item, wanted = item || text == itemFact, wanted || text == wantFact
	}
	if item != wanted {
		p := split(key, 2)
		m.check(lookupSubject{table.Key{PK: p[0], SK: p[1]}})
	}
}
