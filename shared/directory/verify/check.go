package verify

import (
	"context"
	"fmt"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// While a table is in use, its facts may contradict each other because a write came between
// two pages of the scan. So a contradiction is only a suspicion. Its items are read again in
// one snapshot. What is wrong in the snapshot is a finding, because items that must agree are
// written in one transaction, and a snapshot shows a transaction completely or not at all.

// subject is something that may be wrong: the subject of a suspicion.
type subject interface {
	// check reads the subject's items in one snapshot, and returns what is wrong with them.
	check(context.Context, *checker) ([]Finding, error)
}

// checker checks suspicions.
type checker struct {
	db         *table.DB
	pace       *pace
	scope      string        // of claims; "" if the table does not have it
	unfinished time.Duration // see Options
	now        func() time.Time
}

// items are the items of a snapshot.
type items map[table.Key]table.Item

func (c *checker) read(ctx context.Context, keys ...table.Key) (items, error) {
	return c.db.Snapshot(ctx, keys)
}

// document returns the document of a resource's item, or null if it has none.
func document(item table.Item) scim.Value {
	doc, err := scim.ParseJSON(item.Text("doc"))
	if err != nil {
		return scim.Value{}
	}
	return doc
}

// isDeleting reports whether an item has the mark of deletion.
func isDeleting(item table.Item) bool { return item.Text("deleting") != "" }

// unchanged returns a condition: the resource must still have the version that was read,
// or still not exist if item is nil.
func unchanged(of resource, item table.Item) table.Write {
	if item == nil {
		return table.Check(of.key(), "attribute_not_exists(PK)", nil)
	}
	return table.Check(of.key(), "#version = :version", table.Item{"version": item.Int("version")})
}

// claimSubject is a user or account that may lack the claim on a value.
type claimSubject struct{ wantedClaim }

func (s claimSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	system, own := claimKey(systemScope, s.folded), claimKey(s.scope(), s.folded)
	found, err := c.read(ctx, s.by.key(), system, own)
	item := found[s.by.key()]
	if err != nil || s.value(item) == "" {
		return nil, err
	}
	key, scope := own, c.scope
	if scope == systemScope || found[system] != nil {
		key = system
	}
	f := claimFinding(s.by, s.attribute(), found[key])
	if f != nil && f.Kind == MissingClaim && scope != "" {
		f.repairClaim(s.by, item, key, s.value(item))
	}
	return list(f), nil
}

// value returns the value as the user or account spells it, or "" if it does not have the
// value anymore.
func (s claimSubject) value(item table.Item) string {
	for _, claim := range claimsOf(s.by, document(item)) {
		if claim.folded == s.folded {
			return claim.value
		}
	}
	return ""
}

// claimFinding is the finding that a resource does not hold the claim on a value. It is nil
// if the resource holds the claim.
func claimFinding(by resource, attribute string, claim table.Item) *Finding {
	f := &Finding{Kind: MissingClaim, Tenant: by.tenant, Advice: repairAdvice,
		Text: fmt.Sprintf("%s does not hold the claim on its %s, and no other resource does", by, attribute)}
	switch {
	case claim == nil:
		return f
	case claim.Text("owner") == by.id:
		return nil
	}
	f.Kind, f.Advice = ForeignClaim, foreignAdvice
	f.Text = fmt.Sprintf("the claim on the %s of %s is held by %s", attribute, by, holderName(claim))
	return f
}

func holderName(claim table.Item) string {
	if claim.Text("kind") == "" {
		return claim.Text("owner")
	}
	return claim.Text("kind") + " " + claim.Text("owner")
}

// repairClaim gives the claim to the resource.
func (f *Finding) repairClaim(by resource, item table.Item, key table.Key, value string) {
	claim := table.Item{"kind": by.kind.noun(), "tenant": by.tenant, "owner": by.id, "value": value}
	f.Repair = fmt.Sprintf("give the claim to %s, unless another resource takes it first", by)
	f.writes = []table.Write{
		unchanged(by, item),
		table.Put(key, claim).WithCondition("attribute_not_exists(PK)", nil),
	}
}

// list returns a list with the finding, or an empty list for nil.
func list(f *Finding) []Finding {
	if f == nil {
		return nil
	}
	return []Finding{*f}
}

// nameSubject is a group or team that may lack the claim on its displayName.
type nameSubject struct {
	by resource
	pk string
}

func (s nameSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	key := table.Key{PK: s.pk, SK: "CLAIM"}
	found, err := c.read(ctx, s.by.key(), key)
	item := found[s.by.key()]
	if err != nil || !hasName(s.by, item, s.pk) {
		return nil, err
	}
	f := claimFinding(s.by, "displayName", found[key])
	if f != nil && f.Kind == MissingClaim {
		f.repairClaim(s.by, item, key, document(item).Get("displayName").Text())
	}
	return list(f), nil
}

// hasName reports whether a stored group or team has the displayName of a claim. A connected
// team does not, because its name belongs to the group.
func hasName(of resource, item table.Item, pk string) bool {
	return item != nil && item.Text("connected") == "" && nameKey(of.tenant, document(item)) == pk
}

// orphanSubject is a claim whose holder may not have the value.
type orphanSubject struct {
	key table.Key
	by  resource
}

func (s orphanSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	keys := []table.Key{s.key}
	if s.by.kind != "" {
		keys = append(keys, s.by.key())
	}
	found, err := c.read(ctx, keys...)
	claim, item := found[s.key], found[s.by.key()]
	// The holder may have changed: an account keeps its id and claims when it becomes a user.
	if err != nil || claim == nil || parseHolder(holderOf(claim)) != s.by || s.hasValue(item) {
		return nil, err
	}
	f := Finding{Kind: OrphanedClaim, Tenant: s.by.tenant, Advice: repairAdvice,
		Text: fmt.Sprintf("%s holds a claim on a value that it does not have, so no resource can have the value",
			holderName(claim))}
	if s.by.kind == "" {
		f.Advice = reportFault
		return []Finding{f}, nil
	}
	f.Repair = "remove the claim, if " + s.by.String() + " has not changed"
	f.writes = []table.Write{
		unchanged(s.by, item),
		table.Delete(s.key).WithCondition("#owner = :owner AND #kind = :kind",
			table.Item{"owner": s.by.id, "kind": s.by.kind.noun()}),
	}
	return []Finding{f}, nil
}

// hasValue reports whether the holder has the value.
func (s orphanSubject) hasValue(item table.Item) bool {
	if s.by.kind == group || s.by.kind == team {
		return hasName(s.by, item, s.key.PK)
	}
	for _, claim := range claimsOf(s.by, document(item)) {
		if s.key == claimKey(systemScope, claim.folded) || s.key == claimKey(claim.scope(), claim.folded) {
			return true
		}
	}
	return false
}

// lookupSubject is a look-up by externalId that may be missing or wrong.
type lookupSubject struct{ key table.Key }

func (s lookupSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	p := strings.SplitN(s.key.PK, "#", 5)
	by := resource{p[1], kind(p[3]), s.key.SK}
	found, err := c.read(ctx, s.key, by.key())
	item := found[by.key()]
	external := document(item).Get("externalId").Text()
	wanted, present := external != "" && externalIDLookup(by, external) == s.key.PK, found[s.key] != nil
	switch {
	case err != nil || wanted == present:
		return nil, err
	case wanted:
		return []Finding{{Kind: MissingLookup, Tenant: by.tenant, Advice: repairAdvice,
			Text:   fmt.Sprintf("a search by externalId does not find %s", by),
			Repair: "add the look-up, if " + by.String() + " has not changed",
			writes: []table.Write{unchanged(by, item), table.Put(s.key, table.Item{})},
		}}, nil
	}
	return []Finding{{Kind: OrphanedLookup, Tenant: by.tenant, Advice: repairAdvice,
		Text:   fmt.Sprintf("a look-up by externalId leads to %s, which does not have that externalId", by),
		Repair: "remove the look-up, if " + by.String() + " has not changed",
		writes: []table.Write{unchanged(by, item), table.Delete(s.key)},
	}}, nil
}

// markSubject is a resource with unfinished work.
type markSubject struct{ resource }

func (s markSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	found, err := c.read(ctx, s.key())
	item := found[s.key()]
	if err != nil || item == nil {
		return nil, err
	}
	text, since := fmt.Sprintf("the deletion of %s is unfinished", s.resource), item.Text("deleting")
	if since == "" {
		text, since = fmt.Sprintf("a change of the members of %s is unfinished", s.resource), item.Text("since")
		if item.Text("pending") == "" {
			return nil, nil
		}
	}
	if at, err := time.Parse(time.RFC3339, since); err == nil {
		if c.now().Sub(at) < c.unfinished {
			return nil, nil
		}
		text += ", since " + at.UTC().Format(time.RFC3339)
	} else if c.unfinished > 0 {
		return nil, nil
	}
	return []Finding{{Kind: UnfinishedWork, Tenant: s.tenant, Text: text, Advice: finishAdvice}}, nil
}

// stepSubject is a step of a change that was never committed. The step may lack the time
// at which it expires.
type stepSubject struct {
	of resource
	sk string
}

func (s stepSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	key := table.Key{PK: inTenant(s.of.tenant) + "PENDING#" + s.of.id, SK: s.sk}
	found, err := c.read(ctx, key, s.of.key())
	change, _, _ := strings.Cut(s.sk, "#")
	item := found[s.of.key()]
	if err != nil || found[key] == nil || found[key].Int("expires") != 0 || item.Text("pending") == change {
		return nil, err
	}
	return []Finding{{Kind: OrphanedStep, Tenant: s.of.tenant, Advice: repairAdvice,
		Text:   fmt.Sprintf("a step of an uncommitted change of %s does not expire", s.of),
		Repair: "remove the step, if the group has not changed",
		writes: []table.Write{unchanged(s.of, item), table.Delete(key)},
	}}, nil
}
