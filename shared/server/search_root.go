package server

import "net/http"

// Search is the endpoint that searches users and groups at once (RFC 7644 section 3.4.2.1).
func Search(s *Server) []route {
	over := []*endpoint{&newUsers(s).endpoint}
	if s.Registry.Type("Group") != nil {
		over = append(over, &newGroups(s).endpoint)
	}
	search := readMethod("search", withBodyParameters(s.searchOperation(over...)))
	return []route{{"/.search", map[string]method{http.MethodPost: search}}}
}
