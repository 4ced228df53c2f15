package server

import (
	"context"
	"errors"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// endpoint is what the endpoints of users and groups have in common.
type endpoint struct {
	*Server
	typ    *schema.ResourceType
	kind   directory.Kind
	usual  *schema.Projection // where the client asks for no other
	stored collection
	// edgeAttr is the attribute that other items than the resource's own hold: groups
	// of users, members of groups.
	edgeAttr string
	maxBody  int    // bytes
	advice   string // filters that go to keys, for error texts
}

func (s *Server) endpoint(name string) endpoint {
	s.hooks = s.resourceHooks()
	typ := s.Registry.Type(name)
	usual, _ := typ.Project(schema.Selection{}) // an empty selection has nothing to refuse
	return endpoint{Server: s, typ: typ, usual: usual}
}

// operations are what a client can do to one resource.
type operations struct{ create, get, replace, patch, delete operation }

// routes are those of a type of resources (RFC 7644 section 3.2).
func (e *endpoint) routes(o operations) []route {
	path, search := e.typ.Endpoint, e.searching(e)
	return []route{
		{path, map[string]method{
			http.MethodGet:  reading("search", search),
			http.MethodPost: writing(e.kind, "create", e.projected(o.create)),
		}},
		{path + "/{id}", map[string]method{
			http.MethodGet:    reading("get", e.projected(o.get)),
			http.MethodPut:    writing(e.kind, "replace", e.projected(o.replace)),
			http.MethodPatch:  writing(e.kind, "patch", e.projected(o.patch)),
			http.MethodDelete: writing(e.kind, "delete", o.delete),
		}},
		{path + "/.search", map[string]method{http.MethodPost: reading("search", byPost(search))}},
	}
}

// resource returns the representation of a stored resource. edges is the value of
// the attribute of that name, as far as it is known and wanted.
func (e *endpoint) resource(r *request, stored directory.Resource, edges scim.Value) scim.Resource {
	doc := stored.Doc
	if !edges.IsEmpty() {
		doc = scim.Map(append(doc.Without().Members(), scim.Member{Name: e.edgeAttr, Value: edges})...)
	}
	return scim.Resource{ID: stored.ID, Doc: doc, Meta: scim.Meta{
		ResourceType: e.typ.Name,
		Created:      stored.Created,
		LastModified: stored.LastModified,
		Location:     location(r, e.typ, stored.ID),
		Version:      scim.ETag(stored.Version),
	}}
}

// location is the URL of a resource.
func location(r *request, typ *schema.ResourceType, id scim.ID) string {
	return r.BaseURL + typ.Endpoint + "/" + string(id)
}

// shown returns what the client sees of a resource. An array of edges is shown
// even though it is empty: it says that there are none.
func (e *endpoint) shown(r *request, stored directory.Resource, edges scim.Value) scim.Value {
	v := r.projection.Apply(e.resource(r, stored, edges).Value())
	if edges.Kind() == scim.Array && edges.IsEmpty() {
		v = scim.Map(append(v.Without().Members(), scim.Member{Name: e.edgeAttr, Value: edges})...)
	}
	return v
}

// respond answers with a resource as far as the client asked for it.
func (e *endpoint) respond(r *request, status int, stored directory.Resource, edges scim.Value) *response {
	return &response{Status: status, Body: e.shown(r, stored, edges), Location: location(r, e.typ, stored.ID), ETag: scim.ETag(stored.Version)}
}

// wantsEdges reports whether the answer shows the edges of resources.
func (e *endpoint) wantsEdges(r *request) bool { return r.projection.Keeps(e.edgeAttr) }

// edgesOf reads the edges of one resource, if the answer shows them.
func (e *endpoint) edgesOf(ctx context.Context, r *request, of directory.Resource) (scim.Value, error) {
	if !e.wantsEdges(r) {
		return scim.Value{}, nil
	}
	values, err := e.stored.shown(r)(ctx, []directory.Resource{of})
	if err != nil {
		return scim.Value{}, err
	}
	return values[0], nil
}

// changed answers a change that has been made. Edges that are too many for an
// answer are left out: to refuse it would say that nothing was changed.
func (e *endpoint) changed(ctx context.Context, r *request, status int, stored directory.Resource) (*response, error) {
	edges, err := e.edgesOf(ctx, r, stored)
	if err != nil && !tooMany(err) {
		return nil, err
	}
	return e.respond(r, status, stored, edges), nil
}

// tooMany reports whether an error says that there is more than an answer takes.
func tooMany(err error) bool {
	refused, ok := errors.AsType[*scim.Error](err)
	return errors.Is(err, directory.ErrTooMany) || ok && refused.Type == scim.TypeTooMany
}

// unmodified returns the answer for a client that has this version already (RFC
// 7644 section 3.14), nil for any other.
func unmodified(r *request, version int64) *response {
	if tags := r.Header.Values("If-None-Match"); len(tags) == 0 || !names(tags, version) {
		return nil
	}
	return &response{Status: http.StatusNotModified, ETag: scim.ETag(version)}
}

// body reads a request's body and repairs it where the tenant's profile allows.
func (e *endpoint) body(r *request) (scim.Value, error) {
	body, err := r.body(e.maxBody)
	if err == nil && r.tolerant() {
		body = r.event.repairs.Resource(e.typ, body)
	}
	return body, err
}
