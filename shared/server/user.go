package server

import (
	"golang.org/x/text/secure/precis"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Users is the endpoint of User resources (RFC 7643 section 4.1).
func Users(s *Server) []route {
	u := newUsers(s)
	return u.routes(operations{u.create, u.get, u.replace, u.patch, u.delete})
}

// users implements the operations on User resources.
type users struct {
	endpoint
	groups *schema.ResourceType
}

func newUsers(s *Server) *users {
	u := &users{s.endpoint("User"), s.Registry.Type("Group")}
	u.kind = directory.UserKind
	u.stored, u.edgeAttr, u.maxBody = u, "groups", 1<<20
	u.indexedFilters = `userName eq "...", emails.value eq "..." or externalId eq "..."`
	return u
}

// readContent reads a body and converts it to what the directory stores.
func (u *users) readContent(r *request) (c directory.Content, err error) {
	body, err := u.body(r)
	if err != nil {
		return c, err
	}
	return u.parseContent(r, body)
}

// parseContent converts a body to what the directory stores.
func (u *users) parseContent(r *request, body scim.Value) (c directory.Content, err error) {
	doc, err := u.typ.Normalize(body, schema.Rules{RequireSchemas: true})
	if err != nil {
		return c, err
	}
	if err := u.setProjection(r, u.typ.Sent(doc)); err != nil {
		return c, err
	}
	return u.splitPassword(doc)
}

// splitPassword takes the password out of a document. The directory stores a hash of it if the
// deployment keeps passwords, otherwise nothing (RFC 7643 section 4.1.1).
func (u *users) splitPassword(doc scim.Value) (directory.Content, error) {
	c := directory.Content{Doc: doc.Without("password")}
	clear := doc.Get("password").Text()
	if clear == "" || u.Passwords == nil {
		return c, nil
	}
	prepared, err := precis.OpaqueString.String(clear)
	if err != nil {
		return c, scim.InvalidValue("password contains characters that RFC 8265 does not allow in a password, " +
			"such as control characters; choose another")
	}
	c.HashPassword = func() (string, error) { return u.Passwords(prepared) }
	return c, nil
}
