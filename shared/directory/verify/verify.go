// Package verify checks the invariants of the whole table: users, accounts, groups and
// teams match their claims one to one, look-ups lead to the resources that have them,
// counters agree, each membership has an item in both directions between resources that
// exist, the nesting of groups has no cycle, and no work is unfinished. It parses the keys
// itself instead of calling package directory, so that one mistake is not made in both.
package verify

import (
	"context"
	"fmt"
	"strings"

	"scimserver/shared/table"
)

// Report is the result of a check.
type Report struct {
	Users      int
	Accounts   int
	Claims     int      // on usernames and emails
	Groups     int      // including those being deleted
	Members    int      // of all groups
	Teams      int      // including those being deleted
	Unfinished int      // changes and deletions under way
	Abandoned  int      // steps of changes that were never committed; they expire
	Problems   []string // one sentence each, without attribute values
}

// Option adapts a check.
type Option func(*state)

// AllowUnfinished allows changes and deletions under way: marks, the steps that a mark
// names, and the memberships of resources being deleted are no problems then.
func AllowUnfinished(s *state) { s.unfinished = true }

// Table checks the table. Run it while nothing writes: it reads item by item, and a change
// under way looks like a problem.
func Table(ctx context.Context, db *table.DB, options ...Option) (Report, error) {
	s := newState()
	for _, option := range options {
		option(s)
	}
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

// state collects both sides of each relation.
type state struct {
	unfinished bool // AllowUnfinished

	resources     map[resource]resourceState
	wantedClaims  map[string]string   // claim that a user must hold -> user; see addOwnClaim
	claims        map[string]string   // key of a claim on a username or email -> owner
	names         map[string]string   // key of a claim on a displayName -> owner
	wantedNames   map[string]resource // key of the claim that a group or team must hold -> the group or team
	wantedLookups map[lookup]bool     // look-ups that must exist
	lookups       map[lookup]bool     // look-ups that exist
	counts        map[counter]int64   // sum of the counter's shards
	forward       map[edge]bool
	reverse       map[edge]bool
	steps         []step
	persons       map[string]person // id -> account, or user of any tenant
	inTeam        map[teamMembership]bool
	teamsOf       map[teamMembership]bool

	problems []string
}

func newState() *state {
	return &state{
		resources:    map[resource]resourceState{},
		wantedClaims: map[string]string{}, claims: map[string]string{},
		names: map[string]string{}, wantedNames: map[string]resource{},
		wantedLookups: map[lookup]bool{}, lookups: map[lookup]bool{}, counts: map[counter]int64{},
		forward: map[edge]bool{}, reverse: map[edge]bool{},
		persons: map[string]person{}, inTeam: map[teamMembership]bool{}, teamsOf: map[teamMembership]bool{},
	}
}

func (s *state) problem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// add notes an item by its key.
func (s *state) add(item table.Item) error {
	pk, sk := item.Text("PK"), item.Text("SK")
	parts := append(strings.SplitN(pk, "#", 4), "", "", "")
	switch tenant, rest := parts[1], parts[3]; {
	case parts[0] == "CLAIM":
		s.claims[pk] = item.Text("owner")
	case parts[0] == "ACCOUNT":
		return s.addUser(resource{"", account, sk}, item)
	case parts[0] == "COUNT":
		s.counts[counter{"", kind(tenant)}] += item.Int("n")
	case parts[0] == "TEAMOF":
		s.addTeamOf(tenant, sk)
	case parts[0] != "T":
	case parts[2] == "USER":
		return s.addUser(resource{tenant, user, sk}, item)
	case parts[2] == "GROUP":
		return s.addGroup(resource{tenant, group, sk}, item)
	case parts[2] == "TEAM":
		return s.addTeam(resource{tenant, team, sk}, item)
	case parts[2] == "TEAMMEMBERS":
		s.inTeam[teamMembership{resource{tenant, team, rest}, sk}] = true
	case parts[2] == "LOOKUP":
		s.addLookup(pk, sk, item)
	case parts[2] == "COUNT":
		s.counts[counter{tenant, kind(rest)}] += item.Int("n")
	case parts[2] == "MEMBERS":
		s.addForward(tenant, rest, sk)
	case parts[2] == "MEMBEROF":
		s.addReverse(tenant, rest, sk, item)
	case parts[2] == "PENDING":
		s.addStep(resource{tenant, group, rest}, sk, item)
	}
	return nil
}

func (s *state) report() Report {
	s.checkClaims()
	s.checkNames()
	s.checkLookups()
	s.checkCounts()
	s.checkEdges()
	s.checkNesting()
	s.checkTeams()
	r := Report{Claims: len(s.claims), Members: len(s.forward)}
	r.Unfinished, r.Abandoned = s.checkMarks(), s.checkSteps()
	for one := range s.resources {
		switch one.kind {
		case user:
			r.Users++
		case group:
			r.Groups++
		case account:
			r.Accounts++
		case team:
			r.Teams++
		}
	}
	r.Problems = s.problems
	return r
}
