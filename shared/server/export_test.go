package server

// Patterns lists the paths of all endpoints, for tests that walk them.
func (s *Server) Patterns() []string {
	var all []string
	for _, r := range s.routes {
		all = append(all, r.pattern)
	}
	return all
}
