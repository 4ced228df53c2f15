package server

import (
	"context"
	"net/http"
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// replace replaces a stored user with the one in the request (RFC 7644 section 3.5.1). An attribute
// that the client leaves out is cleared, except active and what the client cannot change or read.
func (u *users) replace(ctx context.Context, r *request) (*response, error) {
	body, err := u.body(r)
	if err != nil {
		return nil, err
	}
	content, err := u.parseContent(r, body)
	if err != nil {
		return nil, err
	}
	edit := func(old directory.User) (directory.Content, error) {
		now := content
		if !sendsNull(body, "active") {
			now.Doc = keepActive(old.Doc, content.Doc)
		}
		return u.replacement(r, now)(old)
	}
	user, err := r.Directory.Users().Replace(ctx, r.ID, r.precondition(), edit)
	if err != nil {
		return nil, err
	}
	return u.respondChanged(ctx, r, http.StatusOK, user.Resource)
}

// keepActive returns the client's user with the stored active if the client sent none, so that a
// deactivated user can sign in again only if a client says so. RFC 7644 section 3.5.1 lets the
// service decide about readWrite attributes that a PUT leaves out.
func keepActive(old, sent scim.Value) scim.Value {
	active := old.Get("active")
	if active.IsEmpty() || !sent.Get("active").IsEmpty() {
		return sent
	}
	return scim.Map(append(sent.Without().Members(), scim.Member{Name: "active", Value: active})...)
}

// sendsNull reports whether a body clears an attribute with null. This overrides a value that the
// service would keep (RFC 7644 section 3.5.1).
func sendsNull(body scim.Value, name string) bool {
	return slices.ContainsFunc(body.Members(), func(m scim.Member) bool {
		return scim.EqualName(m.Name, name) && m.Value.Kind() == scim.Null
	})
}

// replacement makes a user's new content from what the client sent and what is stored.
func (u *users) replacement(r *request, sent directory.Content) func(directory.User) (directory.Content, error) {
	return func(old directory.User) (kept directory.Content, err error) {
		kept = sent
		if kept.Doc, err = u.typ.CompleteReplacement(old.Doc, sent.Doc); err != nil {
			return kept, err
		}
		if err = r.checkEmailLimit(old.Doc, kept.Doc); err != nil {
			return kept, err
		}
		return kept, r.checkSelfService(old.Doc, kept.Doc)
	}
}
