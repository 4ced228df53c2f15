package server

// Patterns lists the paths of all endpoints, for tests that walk them.
func (s *Server) Patterns() []string {
	var all []string
	for _, r := range s.routes {
		all = append(all, r.pattern)
	}
	return all
}

// Collision and Loss are what the text of a 409 is made of, for the test that shows
// all texts.
type (
	Collision = uniquenessDetail
	Loss      = takenValue
)

// Detail is the text.
func (c uniquenessDetail) Detail() string { c.hideOtherHolders(); return c.text() }
