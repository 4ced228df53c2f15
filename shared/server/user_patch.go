package server

import (
	"context"
	"crypto/rand"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
)

// patch changes parts of a user. When others change the user meanwhile, the
// operations are applied anew to what they left.
func (u *users) patch(ctx context.Context, r *request) (*response, error) {
	ops, o, err := u.operations(r)
	if err != nil {
		return nil, err
	}
	if err := u.project(r, u.sentBy(ops)); err != nil {
		return nil, err
	}
	user, err := r.Directory.Users().Replace(ctx, r.ID, r.match(), func(old directory.User) (directory.Content, error) {
		r.about(old.Doc)
		o.SameReadOnly = u.sameReadOnly(ctx, r, old.Resource)
		o.Budget = newBudget(ctx)
		content, err := u.patched(old, ops, o)
		if err == nil {
			err = r.fewEmails(old.Doc, content.Doc)
		}
		if err != nil {
			return content, err
		}
		return content, r.selfRights(old.Doc, content.Doc)
	})
	if err != nil {
		return nil, err
	}
	return u.changed(ctx, r, http.StatusOK, user.Resource)
}

// patched applies the operations to a user. A token stands for the password
// while they run, so that its removal shows.
func (u *users) patched(old directory.User, ops []patch.Operation, o patch.Options) (directory.Content, error) {
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
