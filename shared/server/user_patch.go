package server

import (
	"context"
	"crypto/rand"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
)

// patch changes a user (RFC 7644 section 3.5.2). If another request changes the user at the same
// time, the operations are applied again to the new state.
func (u *users) patch(ctx context.Context, r *request) (*response, error) {
	ops, o, err := u.readPatch(r)
	if err != nil {
		return nil, err
	}
	if err := u.setProjection(r, u.sentAttributes(ops)); err != nil {
		return nil, err
	}
	edit := func(old directory.User) (directory.Content, error) {
		r.setNames(old.Doc)
		o.SameReadOnly = u.sameReadOnly(ctx, r, old.Resource)
		o.Budget = newBudget(ctx)
		content, err := u.applyPatch(old, ops, o)
		if err == nil {
			err = r.checkEmailLimit(old.Doc, content.Doc)
		}
		if err != nil {
			return content, err
		}
		return content, r.checkSelfService(old.Doc, content.Doc)
	}
	user, err := r.Directory.Users().Replace(ctx, r.ID, r.precondition(), edit)
	if err != nil {
		return nil, err
	}
	return u.respondChanged(ctx, r, http.StatusOK, user.Resource)
}

// applyPatch applies the operations to a user. The stored password is unknown, so a random token
// stands in for it. If the token is gone afterwards, the operations removed or replaced the
// password.
func (u *users) applyPatch(old directory.User, ops []patch.Operation, o patch.Options) (directory.Content, error) {
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
	return u.splitPassword(doc)
}
