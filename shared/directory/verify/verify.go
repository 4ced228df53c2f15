// Package verify compares everything in the table with what must be true of it:
// users, accounts, groups and teams are in bijection with their claims, look-ups lead to
// them and back, counters agree, memberships stand in both directions between what
// exists, the nesting of groups has no cycle, and nothing is left half
// done. It reads the keys itself instead of asking package directory to make
// them, so that one mistake does not hide in both.
package verify

import (
	"context"
	"fmt"
	"strings"

	"scimserver/shared/table"
)

// Report is what a walk over the table has found.
type Report struct {
	Users      int
	Accounts   int
	Claims     int      // on usernames and emails
	Groups     int      // with those under deletion
	Members    int      // of all groups together
	Teams      int      // with those under deletion
	Unfinished int      // changes and deletions under way
	Abandoned  int      // chunks of changes that were never committed; they expire
	Problems   []string // one sentence each, without attribute values
}

// Option adapts a walk.
type Option func(*state)

// AllowUnfinished says that changes and deletions may be under way: marks, the
// chunks that a mark names, and the memberships of what is being deleted are no
// problems then.
func AllowUnfinished(s *state) { s.unfinished = true }

// Table walks the table and reports. Run it while nothing writes: it reads item
// by item, and a change under way looks like a problem.
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
	wantedClaims  map[string]string   // claim that a user must hold -> user; see own
	claims        map[string]string   // key of a claim on a username or email -> owner
	names         map[string]string   // key of a claim on a displayName -> owner
	wantedNames   map[string]resource // key of the claim that a group or team must hold -> that
	wantedLookups map[lookup]bool     // look-up that must be there
	lookups       map[lookup]bool     // look-up item
	counts        map[counter]int64   // sum of the counter's shards
	forward       map[edge]bool
	reverse       map[edge]bool
	steps         []step
	persons       map[string]person // id -> account, or user of whatever tenant
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

// add sorts an item by its key.
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
