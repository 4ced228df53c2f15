package server

import (
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/text/secure/precis"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Users is the endpoint of User resources.
func Users(s *Server) []route {
	u := newUsers(s)
	return []route{
		{"/Users", map[string]method{
			http.MethodGet:  reading("search", u.projected(u.search)),
			http.MethodPost: writing("create", u.projected(u.create)),
		}},
		{"/Users/{id}", map[string]method{
			http.MethodGet:    reading("get", u.projected(u.get)),
			http.MethodPut:    writing("replace", u.projected(u.replace)),
			http.MethodPatch:  writing("patch", u.projected(u.patch)),
			http.MethodDelete: writing("delete", u.delete),
		}},
		{"/Users/.search", map[string]method{http.MethodPost: reading("search", u.searchByPost)}},
	}
}

// users carries out operations on User resources.
type users struct {
	*Server
	typ   *schema.ResourceType
	usual *schema.Projection // where the client asks for no other
}

func newUsers(s *Server) users {
	typ := s.Registry.Type("User")
	usual, _ := typ.Project(schema.Selection{}) // an empty selection has nothing to refuse
	return users{s, typ, usual}
}

// content turns a body into what the directory stores.
func (u users) content(r *request) (c directory.Content, err error) {
	body, err := r.body()
	if err != nil {
		return c, err
	}
	if r.tolerant() {
		body = r.event.repairs.Resource(u.typ, body)
	}
	doc, err := u.typ.Normalize(body, schema.Rules{RequireSchemas: true})
	if err != nil {
		return c, err
	}
	if err := u.project(r, u.typ.Sent(doc)); err != nil {
		return c, err
	}
	return u.withoutPassword(doc)
}

// withoutPassword takes the password out of a document that is to be stored: a
// hash of it is kept, if the deployment keeps any (RFC 7643 section 4.1.1).
func (u users) withoutPassword(doc scim.Value) (directory.Content, error) {
	c := directory.Content{Doc: doc.Without("password")}
	clear := doc.Get("password").Text()
	if clear == "" || u.Passwords == nil {
		return c, nil
	}
	prepared, err := precis.OpaqueString.String(clear)
	if err != nil {
		return c, scim.InvalidValue("password holds characters that RFC 8265 does not allow")
	}
	c.HashPassword = func() (string, error) { return u.Passwords(prepared) }
	return c, nil
}

// resource returns the representation's parts that the directory does not store.
func (u users) resource(r *request, user directory.User) scim.Resource {
	return scim.Resource{ID: user.ID, Doc: user.Doc, Meta: scim.Meta{
		ResourceType: u.typ.Name,
		Created:      user.Created,
		LastModified: user.LastModified,
		Location:     r.BaseURL + u.typ.Endpoint + "/" + string(user.ID),
		Version:      scim.ETag(user.Version),
	}}
}

// respond returns a user as far as the client asked for it.
func (u users) respond(r *request, status int, user directory.User) *response {
	resource := u.resource(r, user)
	return &response{Status: status, Body: r.projection.Apply(resource.Value()), Location: resource.Meta.Location, ETag: resource.Meta.Version}
}

// takenError tells an administrator what to do about values that others hold. It
// repeats only what the request said: who holds a value is not theirs to know.
func takenError(e *directory.TakenError) *scim.Error {
	var values []string
	for _, v := range e.Values {
		values = append(values, fmt.Sprintf("%s %q", v.Attribute, v.Value))
	}
	verb := " is"
	if len(values) > 1 {
		verb = " are"
	}
	return scim.Uniqueness(strings.Join(values, " and ") + verb + " already in use by another account. " +
		"Assign a different value at the identity provider, or ask the operator of this service to free it; then provision the user again.")
}
