package server

// Patterns lists the paths of all endpoints, for tests that walk them.
func (s *Server) Patterns() []string {
	var all []string
	for _, r := range s.routes {
		all = append(all, r.pattern)
	}
	return all
}

// Collision and Loss are the input of the text of a 409, for the test that shows all texts.
type (
	Collision = uniquenessDetail
	Loss      = takenValue
)

// Detail returns the text.
func (c uniquenessDetail) Detail() string { c.hideOtherHolders(); return c.text() }
