// Package verify compares everything in the table with what must be true of it:
// users and their claims are in bijection, look-ups lead to users and back, and
// counters agree. It reads the keys itself instead of asking package directory
// to make them, so that one mistake does not hide in both.
package verify

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"scimserver/shared/directory/table"
	"scimserver/shared/scim"
)

// Report is what a walk over the table has found.
type Report struct {
	Users    int
	Claims   int
	Problems []string // one sentence each, without attribute values
}

// Table walks the table and reports. Run it while nothing writes: it reads item
// by item, and a change under way looks like a problem.
func Table(ctx context.Context, db *table.DB) (Report, error) {
	s := &state{owned: map[string]string{}, claims: map[string]string{}, lookups: map[string]bool{},
		wanted: map[string]bool{}, users: map[string]int64{}, counts: map[string]int64{}}
	for item, err := range db.Scan(ctx) {
		if err != nil {
			return Report{}, err
		}
		if err := s.add(item); err != nil {
			return Report{}, err
		}
	}
	return s.report(), nil
}

// state collects both sides of each relation. Claims are named by kind and
// folded value; tenants by id.
type state struct {
	owned    map[string]string // claim that a user must hold -> user
	claims   map[string]string // claim item -> owner
	wanted   map[string]bool   // look-up that must be there
	lookups  map[string]bool   // look-up item
	users    map[string]int64  // tenant -> users
	counts   map[string]int64  // tenant -> sum of its counters
	problems []string
}

func (s *state) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

func (s *state) add(item table.Item) error {
	pk, sk := item.Text("PK"), item.Text("SK")
	parts := strings.SplitN(pk, "#", 4)
	switch {
	case parts[0] == "CLAIM":
		s.claims[pk] = item.Text("owner")
	case parts[0] == "T" && parts[2] == "USER":
		return s.addUser(parts[1], sk, item)
	case parts[0] == "T" && parts[2] == "LOOKUP":
		s.lookups[pk+"#"+sk] = true
	case parts[0] == "T" && parts[2] == "COUNT":
		s.counts[parts[1]] += item.Int("n")
	}
	return nil
}

func (s *state) addUser(tenant, id string, item table.Item) error {
	doc, err := scim.ParseJSON([]byte(item.Text("doc")))
	if err != nil {
		return fmt.Errorf("verify: the document of user %s: %w", id, err)
	}
	s.users[tenant]++
	s.own(tenant, id, "USERNAME", doc.Get("userName").Text())
	for _, email := range doc.Get("emails").Items() {
		s.own(tenant, id, "EMAIL", email.Get("value").Text())
	}
	if external := doc.Get("externalId").Text(); external != "" {
		s.wanted["T#"+tenant+"#LOOKUP#USER#externalId#"+inKey(external)+"#"+id] = true
	}
	return nil
}

// own notes a claim under the scope that the table's claims have. Two users of
// one claim can't both be right.
func (s *state) own(tenant, id, kind, value string) {
	if value == "" {
		return
	}
	name := tenant + "\x00" + kind + "#" + inKey(scim.Fold(value))
	if other, ok := s.owned[name]; ok && other != id {
		s.problem("users %s and %s of tenant %s have the same %s", other, id, tenant, kind)
	}
	s.owned[name] = id
}

// inKey is the form of a value in a key.
func inKey(value string) string {
	if len(value) <= 512 && !strings.HasPrefix(value, "\x01") {
		return value
	}
	return fmt.Sprintf("\x01%x", sha256.Sum256([]byte(value)))
}

func (s *state) report() Report {
	s.checkClaims()
	for key := range s.wanted {
		if !s.lookups[key] {
			s.problem("a user has no look-up: user %s", key[strings.LastIndex(key, "#")+1:])
		}
	}
	for key := range s.lookups {
		if !s.wanted[key] {
			s.problem("a look-up leads to no user: user %s", key[strings.LastIndex(key, "#")+1:])
		}
	}
	users := 0
	for tenant, n := range s.users {
		users += int(n)
		if s.counts[tenant] != n {
			s.problem("tenant %s has %d users, its counters say %d", tenant, n, s.counts[tenant])
		}
	}
	for tenant, n := range s.counts {
		if s.users[tenant] == 0 && n != 0 {
			s.problem("tenant %s has no users, its counters say %d", tenant, n)
		}
	}
	return Report{Users: users, Claims: len(s.claims), Problems: s.problems}
}

// checkClaims matches claims and users one to one.
func (s *state) checkClaims() {
	met := map[string]bool{}
	for name, id := range s.owned {
		tenant, claim, _ := strings.Cut(name, "\x00")
		kind, _, _ := strings.Cut(claim, "#")
		key := s.find("CLAIM#SYSTEM#"+claim, "CLAIM#T#"+tenant+"#"+claim)
		switch owner := s.claims[key]; {
		case key == "":
			s.problem("user %s does not hold the claim on its %s", id, kind)
		case owner != id:
			s.problem("the claim on the %s of user %s is held by %s", kind, id, owner)
		}
		met[key] = true
	}
	for key, owner := range s.claims {
		if !met[key] {
			s.problem("a claim of %s is on nothing that %s has", owner, owner)
		}
	}
}

// find returns the first key that is a claim, "" if none is.
func (s *state) find(keys ...string) string {
	for _, key := range keys {
		if _, ok := s.claims[key]; ok {
			return key
		}
	}
	return ""
}
