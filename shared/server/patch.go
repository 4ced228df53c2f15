package server

import (
	"context"
	"crypto/rand"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
)

// patch changes parts of a user (RFC 7644 section 3.5.2). When others change the
// user meanwhile, the operations are applied anew to what they left.
func (u users) patch(ctx context.Context, r *request) (*response, error) {
	body, err := r.body()
	if err != nil {
		return nil, err
	}
	var o patch.Options
	if r.tolerant() {
		body, o.Element = r.event.repairs.Patch(u.typ, body), r.event.repairs.Element
	}
	ops, err := patch.Parse(body)
	if err != nil {
		return nil, err
	}
	if err := u.project(r, u.sentBy(ops)); err != nil {
		return nil, err
	}
	user, err := r.Users.ReplaceUser(ctx, r.ID, r.match(), func(old directory.User) (directory.Content, error) {
		return u.patched(old, ops, o)
	})
	if err != nil {
		return nil, err
	}
	return u.respond(r, http.StatusOK, user), nil
}

// patched applies the operations to a user. A token stands for the password
// while they run, so that its removal shows.
func (u users) patched(old directory.User, ops []patch.Operation, o patch.Options) (directory.Content, error) {
	doc, token := old.Doc, rand.Text()
	if old.HasPassword() {
		doc = scim.Map(append(doc.Without().Members(), scim.Member{Name: "password", Value: scim.Text(token)})...)
	}
	doc, err := patch.Apply(u.typ, doc, ops, o)
	if err != nil {
		return directory.Content{}, err
	}
	switch password := doc.Get("password").Text(); {
	case password == token:
		return directory.Content{Doc: doc.Without("password")}, nil
	case password == "" && old.HasPassword():
		return directory.Content{Doc: doc, HashPassword: func() (string, error) { return "", nil }}, nil
	}
	return u.withoutPassword(doc)
}
