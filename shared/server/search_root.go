package server

import "net/http"

// Search is the endpoint of searches over users and groups at once (RFC 7644
// section 3.4.2.1).
func Search(s *Server) []route {
	over := []*endpoint{&newUsers(s).endpoint}
	if s.Registry.Type("Group") != nil {
		over = append(over, &newGroups(s).endpoint)
	}
	return []route{{"/.search", map[string]method{http.MethodPost: reading("search", byPost(s.searching(over...)))}}}
}
