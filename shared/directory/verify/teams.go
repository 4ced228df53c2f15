package verify

import (
	"fmt"
	"strings"

	"scimserver/shared/table"
)

// teamMembership is the membership of a person in a team, read from either of its two
// items.
type teamMembership struct {
	team   resource
	person string // account, or user of any tenant
}

// person is an account or a user, by id.
type person struct {
	resource
	teams bool // the item says that the person is in teams
}

func (s *state) addTeam(r resource, item table.Item) error {
	doc, err := s.addResource(r, item)
	if err != nil {
		return err
	}
	if item.Text("connected") == "" { // otherwise a group holds the name
		s.addName(r, doc.Get("displayName").Text())
	}
	return nil
}

// addPerson notes an account or user, who may be in teams.
func (s *state) addPerson(r resource, item table.Item) {
	s.persons[r.id] = person{r, item.Text("teams") != ""}
}

// addTeamOf notes an item of a person's teams: <tenant>#<team>.
func (s *state) addTeamOf(id, sk string) {
	tenant, of, _ := strings.Cut(sk, "#")
	s.teamsOf[teamMembership{resource{tenant, team, of}, id}] = true
}

// checkTeams demands that each edge has its counterpart in the other direction, and that
// both ends exist.
func (s *state) checkTeams() {
	for p := range s.inTeam {
		if !s.teamsOf[p] && !s.mayBeDeleting(p.team) {
			s.problem("person %s is in %s, but not in the reverse direction", p.person, p.team)
		}
		s.checkTeamEnds(p)
	}
	for p := range s.teamsOf {
		if !s.inTeam[p] {
			s.problem("person %s leads to %s, which does not have that member", p.person, p.team)
			s.checkTeamEnds(p)
		}
	}
}

// checkTeamEnds demands that team and person exist and are not being deleted, and that the
// person's item says that there are teams. The deletion of a team removes the edges from
// persons first, so the deletion of a person does not wait for such a team.
func (s *state) checkTeamEnds(p teamMembership) {
	who, exists := s.persons[p.person]
	switch {
	case !exists && s.mayBeDeleting(p.team) && !s.teamsOf[p]:
		return
	case !exists:
		s.problem("the membership of person %s in %s: the person does not exist", p.person, p.team)
		return
	case !who.teams:
		s.problem("%s is in %s, but its item does not say that it is in teams", who.resource, p.team)
	}
	for _, end := range []resource{who.resource, p.team} {
		s.checkStays(end, fmt.Sprintf("the membership of %s in %s", who.resource, p.team))
	}
}
