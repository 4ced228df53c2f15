package verify

import (
	"encoding/json"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// fact is what one item says about a thing that other items also say something about. The key
// stands for the thing. Facts are sorted by key and text, so that all facts about a thing
// come together. The first letter of the key names the check.
type fact struct{ key, text string }

// The first letters of keys. The comment says what the rest of the key is, and after the
// colon, which facts have such a key.
const (
	claimCheck  = "C" // kind of claim, folded value: the claims on it, and the resources that have the value
	nameCheck   = "N" // key of the claim on a displayName: the claim, and the resources that have the name
	lookupCheck = "L" // key and id of a look-up: the look-up, and the resource that needs it
	edgeCheck   = "E" // tenant, group, member: the membership's two items; the group itself if member is ""
	teamCheck   = "M" // tenant, team, person: the same for teams
	idCheck     = "R" // id: the resource, and the facts that need it
	nestCheck   = "G" // tenant: a group that is a member of a group
	directCheck = "D" // nothing: a finding about one item alone
)

// separator stands between the parts of a key or text. Only the last part may contain it.
const separator = "\x00"

func parts(all ...string) string { return strings.Join(all, separator) }

func split(text string, n int) []string {
	all := strings.SplitN(text, separator, n)
	return append(all, make([]string, n-len(all))...)
}

// kind is the type of a resource, as keys spell it.
type kind string

const (
	user    kind = "USER"
	group   kind = "GROUP"
	account kind = "ACCOUNT"
	team    kind = "TEAM"
)

// noun is the name of the kind in a sentence.
func (k kind) noun() string { return strings.ToLower(string(k)) }

// resource names a user, a group, a team or an account.
type resource struct {
	tenant string // "" for an account
	kind   kind
	id     string
}

func (r resource) String() string { return r.kind.noun() + " " + r.id }

// key is the key of the resource's item.
func (r resource) key() table.Key {
	if r.kind == account {
		return table.Key{PK: string(account), SK: r.id}
	}
	return table.Key{PK: inTenant(r.tenant) + string(r.kind), SK: r.id}
}

func inTenant(tenant string) string { return "T#" + tenant + "#" }

// bounded returns a value in the form that keys have. The hash replaces a value that is
// long or looks like a hash.
func bounded(value string) string {
	if len(value) <= 512 && !strings.HasPrefix(value, "\x01") {
		return value
	}
	return hash(value)
}

// reader turns items into facts.
type reader struct {
	counts counts
	emit   func(fact)
}

// read emits the facts of an item.
func (r *reader) read(item table.Item) {
	pk, sk := item.Text("PK"), item.Text("SK")
	p := append(strings.SplitN(pk, "#", 4), "", "", "")
	tenant, rest := p[1], p[3]
	switch {
	case p[0] == "CLAIM":
		r.claim(pk, item)
	case pk == string(account):
		r.person(resource{"", account, sk}, item)
	case p[0] == "COUNT":
		r.counts.addCounter("", kind(p[1]), item.Int("n"))
	case p[0] == "TEAMOF":
		of, id, _ := strings.Cut(sk, "#")
		r.emit(fact{teamCheck + parts(of, id, p[1]), reverseFact})
	case p[0] == string(account) && p[1] == "EVENTS":
		r.counts.addEvent("", sk)
	case p[0] == "EVENTHEADS":
		r.counts.addHead(sk, item)
	case p[0] != "T":
	case p[2] == "LOOKUP":
		r.lookup(pk, sk, item)
	case p[2] == "COUNT":
		r.counts.addCounter(tenant, kind(rest), item.Int("n"))
	default:
		r.readTenant(tenant, p[2], rest, sk, item)
	}
}

// readTenant reads the items of resources and their relations. Other items, such as those of the log
// and of traces, expire and refer to nothing.
func (r *reader) readTenant(tenant, partition, rest, sk string, item table.Item) {
	switch partition {
	case "USER":
		r.person(resource{tenant, user, sk}, item)
	case "GROUP":
		r.group(resource{tenant, group, sk}, item)
	case "TEAM":
		r.team(resource{tenant, team, sk}, item)
	case "TEAMMEMBERS":
		r.teamMember(tenant, rest, sk)
	case "MEMBERS":
		r.forward(tenant, rest, sk)
	case "MEMBEROF":
		r.reverse(tenant, rest, sk, item)
	case "EVENTS":
		r.counts.addEvent(tenant, sk)
	case "SCHEMAS":
		r.schemas(tenant, item)
	case "PENDING":
		r.step(resource{tenant, group, rest}, sk, item)
	}
}

// document counts a resource, and reads its document. A document that is not JSON is a
// finding.
func (r *reader) document(of resource, item table.Item) (scim.Value, bool) {
	r.counts.addResource(of.tenant, of.kind)
	doc, err := scim.ParseJSON(item.Text("doc"))
	if err != nil {
		r.direct(badDocument(of))
		return doc, false
	}
	r.emit(fact{idCheck + of.id, ownFact + parts(of.tenant, string(of.kind), marks(item), item.Text("teams"))})
	if external := doc.Get("externalId").Text(); external != "" {
		r.emit(fact{lookupCheck + parts(externalIDLookup(of, external), of.id), wantFact})
	}
	return doc, true
}

// marks returns the unfinished work of an item: "deleting", the id of a change, or "".
func marks(item table.Item) string {
	switch {
	case item.Text("deleting") != "":
		return "deleting"
	case item.Text("pending") != "":
		return item.Text("pending")
	}
	return ""
}

func externalIDLookup(of resource, external string) string {
	return inTenant(of.tenant) + "LOOKUP#" + string(of.kind) + "#externalId#" + bounded(external)
}

// direct emits a finding about one item alone.
func (r *reader) direct(f Finding) {
	data, _ := json.Marshal(f) // a struct of strings
	r.emit(fact{directCheck, string(data)})
}

func (r *reader) person(of resource, item table.Item) {
	doc, ok := r.document(of, item)
	if !ok {
		return
	}
	for _, claim := range claimsOf(of, doc) {
		r.emit(fact{claimCheck + claim.folded, parts(claim.scope(), wantFact+string(of.kind), of.id)})
	}
}

func (r *reader) group(of resource, item table.Item) {
	doc, ok := r.document(of, item)
	if !ok {
		return
	}
	r.emit(fact{edgeCheck + parts(of.tenant, of.id, ""), ownFact})
	r.name(of, doc)
	if doc.Get("members").Kind() != scim.Null {
		r.direct(membersInDocument(of))
	}
}

func (r *reader) team(of resource, item table.Item) {
	doc, ok := r.document(of, item)
	if !ok {
		return
	}
	r.emit(fact{teamCheck + parts(of.tenant, of.id, ""), ownFact})
	if item.Text("connected") == "" { // otherwise the name belongs to a group
		r.name(of, doc)
	}
}

// name emits the fact that a group or team must hold the claim on its displayName.
func (r *reader) name(of resource, doc scim.Value) {
	r.emit(fact{nameCheck + nameKey(of.tenant, doc), parts(wantFact+string(of.kind), of.id)})
}

func nameKey(tenant string, doc scim.Value) string {
	return inTenant(tenant) + "LOOKUP#GROUP#displayName#" + bounded(scim.Fold(doc.Get("displayName").Text()))
}

// schemas checks the schemas of a tenant: if they can't be read, its requests fail.
func (r *reader) schemas(tenant string, item table.Item) {
	var all []struct{ Definition string }
	err := json.Unmarshal([]byte(item.Text("schemas")), &all)
	for _, one := range all {
		if err == nil {
			_, err = scim.ParseJSON(one.Definition)
		}
	}
	if err != nil || item.Text("version") == "" {
		r.direct(badSchemas(tenant))
	}
}
