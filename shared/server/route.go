package server

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Root is the path of all endpoints. The part of a URL before it, such as an API Gateway stage, is
// ignored (RFC 7644 section 1.3).
const Root = "/scim/v2"

// route is a path pattern and its methods. {id} in the pattern stands for one segment.
type route struct {
	pattern string
	methods map[string]method
}

// method is an operation and its requirements for access.
type method struct {
	name   string // of the operation, for the log
	run    operation
	scope  tenant.Scope
	public bool           // needs no credential
	self   bool           // acts on the credential's own user
	writes directory.Kind // of the resource that it writes; "" if it only reads
}

func readMethod(name string, run operation) method {
	return method{name: name, run: run, scope: tenant.Read}
}

func writeMethod(k directory.Kind, name string, run operation) method {
	return method{name: name, run: run, scope: tenant.Write, writes: k}
}

// findMethod returns the operation that a request asks for, and stores the id of the path in the
// request. The errors are 404, 405 and, for another version of SCIM, 400.
func (s *Server) findMethod(r *request) (method, error) {
	if err := extraSlash(r.URL.EscapedPath()); err != nil {
		return method{}, err
	}
	_, path, ok := strings.Cut(r.URL.EscapedPath(), Root)
	if !ok {
		return method{}, wrongRoot(r.URL.EscapedPath())
	}
	if err := repeatedEndpoint(path); err != nil {
		return method{}, err
	}
	for _, candidate := range s.routes {
		id, ok := matchPath(candidate.pattern, path)
		if !ok {
			continue
		}
		r.ID, r.event.route = id, candidate.pattern
		return candidate.method(r, r.Method)
	}
	return method{}, noEndpoint(path)
}

// method returns the method of the route for an HTTP verb, if the request may use it.
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

// matchPath compares a pattern with an encoded path. .search is never an id (RFC 7644 section
// 3.4.3).
func matchPath(pattern, path string) (id scim.ID, ok bool) {
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
