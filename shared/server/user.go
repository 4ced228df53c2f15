package server

import (
	"golang.org/x/text/secure/precis"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Users is the endpoint of User resources.
func Users(s *Server) []route {
	u := newUsers(s)
	return u.routes(operations{u.create, u.get, u.replace, u.patch, u.delete})
}

// users carries out operations on User resources.
type users struct {
	endpoint
	groups *schema.ResourceType
}

func newUsers(s *Server) *users {
	u := &users{s.endpoint("User"), s.Registry.Type("Group")}
	u.kind = directory.UserKind
	u.stored, u.edgeAttr, u.maxBody = u, "groups", 1<<20
	u.advice = `userName eq "...", emails.value eq "..." or externalId eq "..."`
	return u
}

// content turns a body into what the directory stores.
func (u *users) content(r *request) (c directory.Content, err error) {
	body, err := u.body(r)
	if err != nil {
		return c, err
	}
	return u.contentOf(r, body)
}

// contentOf is content for a body that has been read.
func (u *users) contentOf(r *request, body scim.Value) (c directory.Content, err error) {
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
func (u *users) withoutPassword(doc scim.Value) (directory.Content, error) {
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
