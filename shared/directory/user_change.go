package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Match reports whether a change may be made at a version of the resource. nil allows any
// version.
type Match func(version int64) bool

// Replace lets change turn a user into its new content and stores it. Unchanged content
// writes nothing and keeps the version. If another request changes the user meanwhile,
// change is called again with the new state; with a match the error is ErrVersion instead.
// The other errors are ErrNotFound, ErrContention and those of Users.Create and change.
func (t Users) Replace(ctx context.Context, id scim.ID, match Match, change func(User) (Content, error)) (User, error) {
	return t.replaceAs(ctx, UserKind, id, match, change)
}

func (t *namespace) replaceAs(
	ctx context.Context,
	k Kind,
	id scim.ID,
	match Match,
	change func(User) (Content, error),
) (User, error) {
	var result User
	read := func() (User, error) { return t.user(ctx, k, id) }
	err := readModifyWrite(ctx, t, match, read, change, func(old User, c Content) (err error) {
		result, err = t.replace(ctx, k, old, c)
		return withAttempt(err, k, id, c.Doc)
	})
	return result, err
}

// readModifyWrite reads a resource, lets edit decide, and stores the result. It starts
// again if other requests change the resource or free a value that it claims meanwhile.
func readModifyWrite[R interface{ version() int64 }, E any](
	ctx context.Context,
	t *namespace,
	match Match,
	read func() (R, error),
	edit func(R) (E, error),
	store func(R, E) error,
) error {
	return table.RetryIfChanged(ctx, func() error {
		old, err := read()
		if err != nil {
			return err
		}
		if match != nil && !match(old.version()) {
			return ErrVersion
		}
		e, err := edit(old)
		if err != nil {
			return err
		}
		return t.finishingDeletes(ctx, func() error { return store(old, e) })
	})
}

// replace stores the new content of a user that still has the version of old.
func (t *namespace) replace(ctx context.Context, k Kind, old User, c Content) (User, error) {
	if c.HashPassword == nil && c.Doc.JSON() == old.Doc.JSON() && c.verified == old.verified {
		return old, nil
	}
	u := old
	u.Doc, u.Version, u.LastModified, u.verified = c.Doc, old.Version+1, t.d.instant(), c.verified
	held := t.heldClaims(old.Doc)
	wanted, err := t.userClaims(u.Doc)
	if err != nil {
		return User{}, err
	}
	put, released := without(wanted, held), without(held, wanted)
	if err := t.hashPassword(ctx, &u, c, put); err != nil {
		return User{}, err
	}
	item, err := u.item()
	if err != nil {
		return User{}, err
	}
	if old.HasPassword() {
		item["password"] = u.password
	}
	if old.verified != "" {
		item["verified"] = u.verified
	}
	return u, t.store(ctx, k, old, u, item, put, released)
}

// store writes the user with its changed claims and look-ups, if the stored user still has
// the version of old.
func (t *namespace) store(ctx context.Context, k Kind, old, u User, item table.Item, put, released []claim) error {
	moves := t.changeWrites(k, old.Resource, u.Resource, put, released)
	user := func(stamp table.Stamp) table.Write {
		if len(moves) == 0 {
			item["writer"] = t.d.nextStamps(old.Resource, stamp)
		}
		t.d.addRelease(ctx, item)
		addLogStamp(ctx, item)
		return table.Update(t.keys.resource(k, u.ID), item).
			WithCondition("#version = :old", table.Item{"old": old.Version})
	}
	return t.classifyChange(t.changeResource(ctx, k, old.Resource, func(stamp table.Stamp) []table.Write {
		return append([]table.Write{user(stamp)}, moves...)
	}, func(ctx context.Context) error { return t.checkFree(ctx, put, u.ID) }), put)
}

// changeWrites returns the writes of a resource's changed claims and look-ups: new claims
// first, then released claims, then look-ups.
func (t *namespace) changeWrites(k Kind, old, now Resource, put, released []claim) (writes []table.Write) {
	for _, c := range put {
		writes = append(writes, t.putClaim(c, k, now.ID))
	}
	for _, c := range released {
		writes = append(writes, releaseClaim(c, now.ID))
	}
	if old.Doc.Get("externalId").Text() != now.Doc.Get("externalId").Text() {
		writes = append(writes, t.lookupWrites(k, old, deleteWrite)...)
		writes = append(writes, t.lookupWrites(k, now, table.Put)...)
	}
	return writes
}

func deleteWrite(key table.Key, _ table.Item) table.Write { return table.Delete(key) }

// classifyChange returns the error for a failed write whose first condition is on a
// resource and whose next ones are on its claims.
func (t *namespace) classifyChange(err error, put []claim) error {
	failed := table.FailedConditions(err)
	switch {
	case failed == nil:
		return err
	case failed.At(0) != nil:
		return table.ErrItemChanged
	}
	if e := t.takenError(failed, put, 1); e != nil {
		return e
	}
	return err
}
