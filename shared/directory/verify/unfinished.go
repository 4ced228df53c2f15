package verify

import (
	"strings"

	"scimserver/shared/table"
)

// step is one step of a large change.
type step struct {
	group   resource
	change  string
	expires bool
}

func (s *state) addStep(g resource, sk string, item table.Item) {
	change, _, _ := strings.Cut(sk, "#")
	s.steps = append(s.steps, step{g, change, item.Int("expires") != 0})
}

// checkMarks counts the changes and deletions that are not finished.
func (s *state) checkMarks() (unfinished int) {
	for r, mark := range s.resources {
		if mark.pending != "" {
			unfinished++
			s.unfinishedProblem("%s has a change that is not finished", r)
		}
		if mark.deleting {
			unfinished++
			s.unfinishedProblem("the deletion of %s is not finished", r)
		}
	}
	return unfinished
}

// unfinishedProblem reports a problem that unfinished work explains, unless that is
// allowed.
func (s *state) unfinishedProblem(format string, r resource) {
	if !s.unfinished {
		s.problem(format, r)
	}
}

// checkSteps counts the steps that no group names. They belong to changes that were never
// committed, and must expire.
func (s *state) checkSteps() (abandoned int) {
	for _, c := range s.steps {
		if s.resources[c.group].pending == c.change {
			s.unfinishedProblem("a step of a change to %s is not carried out", c.group)
			continue
		}
		if abandoned++; !c.expires {
			s.problem("a step of an uncommitted change to %s does not expire", c.group)
		}
	}
	return abandoned
}
