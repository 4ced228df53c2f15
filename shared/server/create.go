package server

import (
	"context"
	"net/http"

	"scimserver/shared/scim"
)

// create adds a user (RFC 7644 section 3.3), who is in no group yet.
func (u *users) create(ctx context.Context, r *request) (*response, error) {
	content, err := u.content(r)
	if err != nil {
		return nil, err
	}
	if err := r.fewEmails(scim.Value{}, content.Doc); err != nil {
		return nil, err
	}
	if err := r.room(ctx, r.Caller.Limits.Users, "users", u.kind); err != nil {
		return nil, err
	}
	user, err := r.Directory.CreateUser(ctx, content)
	if err != nil {
		return nil, err
	}
	return u.respond(r, http.StatusCreated, user.Resource, scim.Value{}), nil
}

// create adds a group.
func (g *groups) create(ctx context.Context, r *request) (*response, error) {
	doc, members, err := g.content(r)
	if err != nil {
		return nil, err
	}
	if err := r.room(ctx, r.Caller.Limits.Groups, "groups", g.kind); err != nil {
		return nil, err
	}
	edit := members.edit()
	edit.SkipUnknown = r.skipsUnknown()
	created, err := r.Directory.CreateGroup(ctx, doc, edit)
	if err != nil {
		return nil, err
	}
	return g.written(ctx, r, http.StatusCreated, created, members)
}
