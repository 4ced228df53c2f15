package server

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Root is the path below which all endpoints stand. Whatever precedes it, such
// as the name of a stage, is not ours (RFC 7644 section 1.3).
const Root = "/scim/v2"

// route is an endpoint and what its methods do. In the pattern, {id} stands for
// one segment.
type route struct {
	pattern string
	methods map[string]method
}

// method is an operation and what it takes to be allowed.
type method struct {
	name   string // of the operation, for the log
	run    operation
	scope  tenant.Scope
	public bool           // without a credential
	self   bool           // about the user whom the credential speaks for
	writes directory.Kind // of which it writes a resource; "" if none
}

func reading(name string, run operation) method {
	return method{name: name, run: run, scope: tenant.Read}
}

func writing(k directory.Kind, name string, run operation) method {
	return method{name: name, run: run, scope: tenant.Write, writes: k}
}

// find returns the operation that a request asks for and notes the id in its
// path. The errors are 404, 405 and, for another version of SCIM, 400.
func (s *Server) find(r *request) (method, error) {
	if err := extraSlash(r.URL.EscapedPath()); err != nil {
		return method{}, err
	}
	_, path, ok := strings.Cut(r.URL.EscapedPath(), Root)
	if !ok {
		return method{}, outside(r.URL.EscapedPath())
	}
	for _, candidate := range s.routes {
		id, ok := match(candidate.pattern, path)
		if !ok {
			continue
		}
		r.ID, r.event.route = id, candidate.pattern
		return candidate.method(r, r.Method)
	}
	return method{}, scim.NotFound("the service has no such endpoint")
}

// outside is the error for a path that is not below Root: another version of the
// protocol (RFC 7644 section 3.13), or nothing at all.
func outside(path string) error {
	unversioned := strings.TrimRight(Root, "0123456789")
	if _, version, ok := strings.Cut(path, unversioned); ok && version != "" && '0' <= version[0] && version[0] <= '9' {
		return scim.InvalidVers("this service speaks SCIM 2.0 only, at " + Root)
	}
	return scim.NotFound("the service is at " + Root)
}

func (c route) method(r *request, verb string) (method, error) {
	if verb == http.MethodHead {
		verb = http.MethodGet
	}
	m, ok := c.methods[verb]
	if !ok {
		allow := slices.Sorted(maps.Keys(c.methods))
		return m, scim.MethodNotAllowed(r.Method, strings.Join(allow, ", "))
	}
	r.event.operation, r.event.writes = m.name, m.writes
	return m, nil
}

// match compares a pattern with an encoded path. .search is never an id (RFC 7644
// section 3.4.3).
func match(pattern, path string) (id scim.ID, ok bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return "", false
	}
	for i, segment := range got {
		text, err := url.PathUnescape(segment)
		switch {
		case err != nil:
			return "", false
		case want[i] == "{id}" && text != "" && text != ".search":
			id = scim.ID(text)
		case want[i] != text:
			return "", false
		}
	}
	return id, true
}

// Later answers 501 for what RFC 7644 defines and the service does not offer yet.
func Later(*Server) []route {
	later := func(what string) operation {
		return func(context.Context, *request) (*response, error) {
			return nil, scim.NotImplemented("this service does not offer " + what + " yet")
		}
	}
	var routes []route
	for pattern, what := range map[string]string{
		"/Bulk": "bulk requests",
	} {
		methods := map[string]method{}
		for _, verb := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			methods[verb] = reading("later", later(what))
		}
		routes = append(routes, route{pattern, methods})
	}
	return routes
}
