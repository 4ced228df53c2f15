package server

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// reprovisions bounds how often a POST is decided anew because the deactivated user
// whom it was to replace changed meanwhile.
const reprovisions = 5

// deactivatedError says that a POST is for a user who exists and is deactivated.
type deactivatedError struct {
	taken *directory.TakenError
	id    scim.ID
}

func (e *deactivatedError) Error() string { return e.taken.Error() + " by a deactivated user" }

func (e *deactivatedError) Unwrap() error { return e.taken }

// provision adds a user. One whom the tenant's provider has deactivated and now
// provisions again is replaced instead, as PUT does, if the tenant's record says so;
// else the refusal names that user.
func (u *users) provision(ctx context.Context, r *request, c directory.Content) (*response, error) {
	if err := u.limited(ctx, r, c.Doc); err != nil {
		return nil, err
	}
	user, err := r.Directory.Users().Create(ctx, c)
	if err == nil {
		return u.respond(r, http.StatusCreated, user.Resource, scim.Value{}), nil
	}
	taken, ok := errors.AsType[*directory.TakenError](err)
	if !ok {
		return nil, err
	}
	return u.reprovision(ctx, r, c, taken)
}

// limited refuses a user that the tenant's limits do not allow. They do not matter
// where the name is that of a user who exists: no other one comes.
func (u *users) limited(ctx context.Context, r *request, doc scim.Value) error {
	refused := r.fewEmails(scim.Value{}, doc)
	if refused == nil {
		refused = r.room(ctx, r.Caller.Limits.Users, "users", u.kind)
	}
	if _, ok := errors.AsType[*scim.Error](refused); !ok {
		return refused
	}
	found, err := r.Directory.Users().ByName(ctx, doc.Get("userName").Text())
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return refused
	}
	return r.fewEmails(found[0].Doc, doc)
}

// reprovision decides on a user who was not added for what others hold. Only here the
// tenant's record is read.
func (u *users) reprovision(ctx context.Context, r *request, c directory.Content, taken *directory.TakenError) (*response, error) {
	old, err := deactivated(ctx, r, c.Doc, taken)
	switch {
	case err != nil:
		return nil, err
	case old == nil:
		return nil, taken
	}
	t, err := u.Directory.Tenants().Tenant(ctx, r.Caller.Tenant)
	switch {
	case errors.Is(err, directory.ErrNotFound), err == nil && !t.Reactivate:
		return nil, &deactivatedError{taken, old.ID}
	case err != nil:
		return nil, err
	}
	return u.reactivate(ctx, r, old, c)
}

// reactivate replaces a user who is still as deactivated as when it was read. The
// errors are those of ReplaceUser: it may have changed or gone since.
func (u *users) reactivate(ctx context.Context, r *request, old *directory.User, c directory.Content) (*response, error) {
	r.event.operation = "reactivate"
	unmoved := func(version int64) bool { return version == old.Version }
	user, err := r.Directory.Users().Replace(ctx, old.ID, unmoved, u.replacement(r, c))
	if err != nil {
		return nil, err
	}
	return u.changed(ctx, r, http.StatusCreated, user.Resource)
}

// deactivated finds the user for whom a POST is meant that lost its userName: one of
// the same tenant whose active is false, with the same userName still and, if both
// have any, the same externalId. It is nil where there is none.
func deactivated(ctx context.Context, r *request, doc scim.Value, taken *directory.TakenError) (*directory.User, error) {
	at := slices.IndexFunc(taken.Values, func(v directory.TakenValue) bool {
		return v.Attribute == "userName" && v.Holder == directory.UserKind
	})
	if at < 0 {
		return nil, nil
	}
	found, err := r.Directory.Users().ByID(ctx, string(taken.Values[at].ID))
	if err != nil || len(found) == 0 || !meant(found[0].Doc, doc) {
		return nil, err
	}
	return &found[0], nil
}

// meant reports whether a deactivated user is the one that a document describes.
func meant(old, doc scim.Value) bool {
	if !directory.Deactivated(old) {
		return false
	}
	known, sent := old.Get("externalId").Text(), doc.Get("externalId").Text()
	if known != "" && sent != "" && known != sent {
		return false
	}
	return scim.Fold(old.Get("userName").Text()) == scim.Fold(doc.Get("userName").Text())
}
