package server

import (
	"context"
	"net/http"

	"scimserver/shared/scim"
)

// Search is the endpoint of searches over users and groups at once (RFC 7644
// section 3.4.2.1).
func Search(s *Server) []route {
	return []route{{"/.search", map[string]method{http.MethodPost: reading("search", func(context.Context, *request) (*response, error) {
		return nil, scim.NotImplemented("this service does not offer searches over all resources yet")
	})}}}
}
