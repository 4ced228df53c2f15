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
			s.unfinishedProblem("%s is not deleted to the end", r)
		}
	}
	return unfinished
}

// unfinishedProblem reports what only unfinished work leaves.
func (s *state) unfinishedProblem(format string, r resource) {
	if !s.unfinished {
		s.problem(format, r)
	}
}

// checkSteps counts the chunks that no group names. They are of changes that
// were never committed, and must go by themselves.
func (s *state) checkSteps() (abandoned int) {
	for _, c := range s.steps {
		if s.resources[c.group].pending == c.change {
			s.unfinishedProblem("a chunk of a change to %s is not carried out", c.group)
			continue
		}
		if abandoned++; !c.expires {
			s.problem("a chunk of no change to %s stays for ever", c.group)
		}
	}
	return abandoned
}
