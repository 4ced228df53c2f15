package server

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// maxReprovisions limits how often a POST starts again because the deactivated user that it wanted
// to replace has changed.
const maxReprovisions = 5

// deactivatedError says that the user whom a POST asks for exists and is deactivated.
type deactivatedError struct {
	taken *directory.TakenError
	id    scim.ID
}

func (e *deactivatedError) Error() string { return e.taken.Error() + " by a deactivated user" }

func (e *deactivatedError) Unwrap() error { return e.taken }

// provision adds a user. If the user exists and was deactivated, and the tenant allows
// reactivation, it replaces that user instead, as PUT does. Without reactivation the error names
// that user.
func (u *users) provision(ctx context.Context, r *request, c directory.Content) (*response, error) {
	if err := u.checkLimits(ctx, r, c.Doc); err != nil {
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

// checkLimits refuses a user that exceeds the tenant's limits. If the userName belongs to an
// existing user, the number of users does not matter, because no user is added.
func (u *users) checkLimits(ctx context.Context, r *request, doc scim.Value) error {
	refused := r.checkEmailLimit(scim.Value{}, doc)
	if refused == nil {
		refused = r.checkQuota(ctx, r.Caller.Limits.Users, "users", u.kind)
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
	return r.checkEmailLimit(found[0].Doc, doc)
}

// reprovision answers a POST of a user whose values are taken. The tenant's record is read only in
// this case.
func (u *users) reprovision(
	ctx context.Context, r *request, c directory.Content, taken *directory.TakenError,
) (*response, error) {
	old, err := findDeactivated(ctx, r, c.Doc, taken)
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

// reactivate replaces a deactivated user if it is still at the version that was read. The errors
// are those of Users.Replace, because the user may have been changed or deleted in between.
func (u *users) reactivate(
	ctx context.Context, r *request, old *directory.User, c directory.Content,
) (*response, error) {
	r.event.operation = "reactivate"
	unchanged := func(version int64) bool { return version == old.Version }
	user, err := r.Directory.Users().Replace(ctx, old.ID, unchanged, u.replacement(r, c))
	if err != nil {
		return nil, err
	}
	return u.respondChanged(ctx, r, http.StatusCreated, user.Resource)
}

// findDeactivated returns the deactivated user whom a POST provisions again, or nil. It is a user
// of the same tenant whose active is false, with the same userName and, if both have one, the same
// externalId.
func findDeactivated(
	ctx context.Context, r *request, doc scim.Value, taken *directory.TakenError,
) (*directory.User, error) {
	at := slices.IndexFunc(taken.Values, func(v directory.TakenValue) bool {
		return v.Attribute == "userName" && v.Holder == directory.UserKind
	})
	if at < 0 {
		return nil, nil
	}
	found, err := r.Directory.Users().ByID(ctx, string(taken.Values[at].ID))
	if err != nil || len(found) == 0 || !matchesDeactivated(found[0].Doc, doc) {
		return nil, err
	}
	return &found[0], nil
}

// matchesDeactivated reports whether a document describes a deactivated user.
func matchesDeactivated(old, doc scim.Value) bool {
	if !directory.Deactivated(old) {
		return false
	}
	known, sent := old.Get("externalId").Text(), doc.Get("externalId").Text()
	if known != "" && sent != "" && known != sent {
		return false
	}
	return scim.Fold(old.Get("userName").Text()) == scim.Fold(doc.Get("userName").Text())
}
