package server

import (
	"context"
	"errors"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// endpoint is the common part of the endpoints of users and groups.
type endpoint struct {
	*Server
	typ               *schema.ResourceType
	kind              directory.Kind
	defaultProjection *schema.Projection // if the client does not ask for another
	stored            collection
	// edgeAttr is the attribute that is stored as edges: groups of a user, members of a group.
	edgeAttr       string
	maxBody        int    // bytes
	indexedFilters string // filters that are answered by an index, for error texts
}

// endpoint returns the common part of the endpoint of a resource type.
func (s *Server) endpoint(name string) endpoint {
	s.hooks = s.resourceHooks()
	typ := s.Registry.Type(name)
	usual, _ := typ.Project(schema.Selection{}) // an empty selection cannot fail
	return endpoint{Server: s, typ: typ, defaultProjection: usual}
}

// operations are what a client can do with one resource.
type operations struct{ create, get, replace, patch, delete operation }

// routes returns the routes of a resource type (RFC 7644 section 3.2).
func (e *endpoint) routes(o operations) []route {
	path, search := e.typ.Endpoint, e.searchOperation(e)
	return []route{
		{path, map[string]method{
			http.MethodGet:  readMethod("search", search),
			http.MethodPost: writeMethod(e.kind, "create", e.withProjection(o.create)),
		}},
		{path + "/{id}", map[string]method{
			http.MethodGet:    readMethod("get", e.withProjection(o.get)),
			http.MethodPut:    writeMethod(e.kind, "replace", e.withProjection(o.replace)),
			http.MethodPatch:  writeMethod(e.kind, "patch", e.withProjection(o.patch)),
			http.MethodDelete: writeMethod(e.kind, "delete", o.delete),
		}},
		{path + "/.search", map[string]method{http.MethodPost: readMethod("search", withBodyParameters(search))}},
	}
}

// resource returns a stored resource with its metadata. edges is the value of edgeAttr; it may be
// null if it is unknown or not wanted.
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

// representation returns what the client sees of a resource. An empty array of edges is included:
// it says that there are none.
func (e *endpoint) representation(r *request, stored directory.Resource, edges scim.Value) scim.Value {
	v := r.projection.Apply(e.resource(r, stored, edges).Value())
	if edges.Kind() == scim.Array && edges.IsEmpty() {
		v = scim.Map(append(v.Without().Members(), scim.Member{Name: e.edgeAttr, Value: edges})...)
	}
	return v
}

// respond answers with the attributes of a resource that the client asked for.
func (e *endpoint) respond(r *request, status int, stored directory.Resource, edges scim.Value) *response {
	return &response{
		Status: status, Body: e.representation(r, stored, edges),
		Location: location(r, e.typ, stored.ID), ETag: scim.ETag(stored.Version),
	}
}

// wantsEdges reports whether the answer includes edgeAttr.
func (e *endpoint) wantsEdges(r *request) bool { return r.projection.Keeps(e.edgeAttr) }

// readEdges reads the edges of one resource if the answer includes them.
func (e *endpoint) readEdges(ctx context.Context, r *request, of directory.Resource) (scim.Value, error) {
	if !e.wantsEdges(r) {
		return scim.Value{}, nil
	}
	values, err := e.stored.answerEdges(r)(ctx, []directory.Resource{of})
	if err != nil {
		return scim.Value{}, err
	}
	return values[0], nil
}

// respondChanged answers a change that has been made. If there are too many edges for an answer, or
// if others keep changing them, they are left out, because an error would say that nothing was changed.
func (e *endpoint) respondChanged(
	ctx context.Context, r *request, status int, stored directory.Resource,
) (*response, error) {
	edges, err := e.readEdges(ctx, r, stored)
	if err != nil && !tooMany(err) && !errors.Is(err, directory.ErrContention) {
		return nil, err
	}
	return e.respond(r, status, stored, edges), nil
}

// tooMany reports whether an error says that an answer would be too large.
func tooMany(err error) bool {
	e, ok := errors.AsType[*scim.Error](err)
	return errors.Is(err, directory.ErrTooMany) || ok && e.Type == scim.TypeTooMany
}

// notModified returns 304 if the client already has this version (RFC 7644 section 3.14),
// otherwise nil.
func notModified(r *request, version int64) *response {
	if tags := r.Header.Values("If-None-Match"); len(tags) == 0 || !tagsContain(tags, version) {
		return nil
	}
	return &response{Status: http.StatusNotModified, ETag: scim.ETag(version)}
}

// body reads a request's body, and repairs it if the tenant's profile allows.
func (e *endpoint) body(r *request) (scim.Value, error) {
	body, err := r.body(e.maxBody)
	if err == nil && r.tolerant() {
		body = r.event.repairs.Resource(e.typ, body)
	}
	return body, err
}
