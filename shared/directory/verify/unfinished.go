package verify

import (
	"strings"

	"scimserver/shared/table"
)

// chunk is one step of a large change.
type chunk struct {
	group   resource
	change  string
	expires bool
}

func (s *state) addChunk(g resource, sk string, item table.Item) {
	change, _, _ := strings.Cut(sk, "#")
	s.chunks = append(s.chunks, chunk{g, change, item.Int("expires") != 0})
}

// checkMarks counts the changes and deletions that are not finished.
func (s *state) checkMarks() (unfinished int) {
	for r, mark := range s.resources {
		if mark.pending != "" {
			unfinished++
			s.left("%s has a change that is not finished", r)
		}
		if mark.deleting {
			unfinished++
			s.left("%s is not deleted to the end", r)
		}
	}
	return unfinished
}

// left reports what only unfinished work leaves.
func (s *state) left(format string, r resource) {
	if !s.unfinished {
		s.problem(format, r)
	}
}

// checkChunks counts the chunks that no group names. They are of changes that
// were never committed, and must go by themselves.
func (s *state) checkChunks() (abandoned int) {
	for _, c := range s.chunks {
		if s.resources[c.group].pending == c.change {
			s.left("a chunk of a change to %s is not carried out", c.group)
			continue
		}
		if abandoned++; !c.expires {
			s.problem("a chunk of no change to %s stays for ever", c.group)
		}
	}
	return abandoned
}
