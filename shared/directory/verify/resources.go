package verify

import (
	"fmt"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// kind is the type of a resource, as keys spell it.
type kind string

const (
	user    kind = "USER"
	group   kind = "GROUP"
	account kind = "ACCOUNT"
	team    kind = "TEAM"
)

// noun is the kind in a sentence.
func (k kind) noun() string { return strings.ToLower(string(k)) }

// resource names a user, a group, a team or an account.
type resource struct {
	tenant string // "" of an account
	kind   kind
	id     string
}

func (r resource) String() string { return r.kind.noun() + " " + r.id }

// resourceState is the unfinished work on a resource.
type resourceState struct {
	pending  string // the change under way
	deleting bool
}

// addResource notes a resource with its marks and its externalId, and returns
// its document.
func (s *state) addResource(r resource, item table.Item) (scim.Value, error) {
	doc, err := scim.ParseJSON([]byte(item.Text("doc")))
	if err != nil {
		return doc, fmt.Errorf("verify: the document of %s: %w", r, err)
	}
	s.resources[r] = resourceState{pending: item.Text("pending"), deleting: item.Text("deleting") != ""}
	if external := doc.Get("externalId").Text(); external != "" {
		key := "T#" + r.tenant + "#LOOKUP#" + string(r.kind) + "#externalId#" + bounded(external)
		s.wantedLookups[lookup{key, r.id}] = true
	}
	return doc, nil
}

// addUser notes a user or an account.
func (s *state) addUser(r resource, item table.Item) error {
	doc, err := s.addResource(r, item)
	if err != nil {
		return err
	}
	s.addPerson(r, item)
	s.addOwnClaim(r.tenant, r.id, "USERNAME", doc.Get("userName").Text())
	for _, email := range doc.Get("emails").Items() {
		s.addOwnClaim(r.tenant, r.id, "EMAIL", email.Get("value").Text())
	}
	return nil
}

func (s *state) addGroup(r resource, item table.Item) error {
	doc, err := s.addResource(r, item)
	if err != nil {
		return err
	}
	s.addName(r, doc.Get("displayName").Text())
	if doc.Get("members").Kind() != scim.Null {
		s.problem("%s has members in its document", r)
	}
	return nil
}

// counter names the counter of a kind of resource.
type counter struct {
	tenant string
	kind   kind
}

func (s *state) checkCounts() {
	there := map[counter]int64{}
	for r := range s.resources {
		there[counter{r.tenant, r.kind}]++
	}
	for c, n := range there {
		if s.counts[c] != n {
			s.problem("tenant %s has %d %ss, its counters say %d", c.tenant, n, c.kind.noun(), s.counts[c])
		}
	}
	for c, n := range s.counts {
		if there[c] == 0 && n != 0 {
			s.problem("tenant %s has no %ss, its counters say %d", c.tenant, c.kind.noun(), n)
		}
	}
}
