package directory

import (
	"context"
	"errors"
	"slices"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MaxPageBytes bounds the documents of a page, so that its JSON fits into one
// answer of a function.
const MaxPageBytes = 3 << 20

// MaxResults is the most resources that one answer holds.
const MaxResults = 1000

// User reads a user, without groups. The errors are ErrNotFound and
// ErrUnavailable.
func (t *Tenant) User(ctx context.Context, id scim.ID) (User, error) {
	return t.user(ctx, UserKind, id)
}

func (t *Tenant) user(ctx context.Context, k Kind, id scim.ID) (User, error) {
	item, err := t.get(ctx, k, id)
	if err != nil {
		return User{}, err
	}
	return userFrom(item)
}

// Group reads a group, without its members. The errors are ErrNotFound and
// ErrUnavailable.
func (t *Tenant) Group(ctx context.Context, id scim.ID) (Group, error) {
	item, err := t.get(ctx, GroupKind, id)
	if err != nil {
		return Group{}, err
	}
	return groupFrom(item)
}

// get reads the item of a resource that is not being deleted.
func (t *Tenant) get(ctx context.Context, k Kind, id scim.ID) (table.Item, error) {
	if !Plausible(id) {
		return nil, ErrNotFound
	}
	item, err := t.d.db.Get(ctx, t.key(k, id))
	if err == nil && !alive(item) {
		t.finishMet(ctx, k, item)
		err = ErrNotFound
	}
	return item, err
}

// maxID is longer, in bytes, than any id that is given.
const maxID = 64

// Plausible reports whether an id may have been given: only such ones become
// part of keys.
func Plausible(id scim.ID) bool {
	for _, c := range id {
		if c <= ' ' || c > '~' || c == '#' {
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// alive reports whether an item is that of a resource that is not being deleted.
func alive(item table.Item) bool { return item != nil && item.Text("deleting") == "" }

// UserByID finds the user of an id.
func (t *Tenant) UserByID(ctx context.Context, id string) ([]User, error) {
	return atMostOne(t.User(ctx, scim.ID(id)))
}

// GroupByID finds the group of an id.
func (t *Tenant) GroupByID(ctx context.Context, id string) ([]Group, error) {
	return atMostOne(t.Group(ctx, scim.ID(id)))
}

// atMostOne turns what is read by id into what is found.
func atMostOne[R any](r R, err error) ([]R, error) {
	switch {
	case err == nil:
		return []R{r}, nil
	case errors.Is(err, ErrNotFound):
		return nil, nil
	}
	return nil, err
}

// UserByName finds the user of a username, in whatever case and form.
func (t *Tenant) UserByName(ctx context.Context, name string) ([]User, error) {
	return atMostOne(holder(ctx, t, t.claimKey("USERNAME", scim.Fold(name)), t.User))
}

// UserByEmail finds the user that holds an email, in whatever case and form.
func (t *Tenant) UserByEmail(ctx context.Context, address string) ([]User, error) {
	return atMostOne(holder(ctx, t, t.claimKey("EMAIL", scim.Fold(address)), t.User))
}

// GroupByName finds the group of a displayName, in whatever case and form.
func (t *Tenant) GroupByName(ctx context.Context, name string) ([]Group, error) {
	return atMostOne(holder(ctx, t, t.nameKey(scim.Fold(name)), t.Group))
}

// holder reads a claim and then its owner, if that is a resource of this tenant.
// It may have been deleted between the two reads.
func holder[R any](ctx context.Context, t *Tenant, key table.Key, read func(context.Context, scim.ID) (R, error)) (R, error) {
	item, err := t.d.db.Get(ctx, key)
	if err == nil && item.Text("tenant") != string(t.id) {
		err = ErrNotFound
	}
	if err != nil {
		var none R
		return none, err
	}
	return read(ctx, scim.ID(item.Text("owner")))
}

// UsersByExternalID finds the users with an externalId, which is compared
// exactly and need not be unique (RFC 7643 section 3.1). More than MaxResults are
// ErrTooMany: UserIDsByExternalID returns them in parts.
func (t *Tenant) UsersByExternalID(ctx context.Context, id string) ([]User, error) {
	ids, err := t.UserIDsByExternalID(ctx, id, "", MaxResults+1)
	if err == nil && len(ids) > MaxResults {
		err = ErrTooMany
	}
	if err != nil {
		return nil, err
	}
	users, err := t.UsersByID(ctx, ids)
	return slices.DeleteFunc(users, func(u User) bool { return u.Doc.Get("externalId").Text() != id }), err
}

// UserIDsByExternalID returns the ids of users with an externalId that are behind an
// id, in order: limit of them, or all if it is 0. More than MaxScanned are ErrTooMany.
func (t *Tenant) UserIDsByExternalID(ctx context.Context, value string, after scim.ID, limit int) ([]scim.ID, error) {
	return t.byExternalID(ctx, UserKind, value, after, limit)
}

// GroupIDsByExternalID is UserIDsByExternalID for groups.
func (t *Tenant) GroupIDsByExternalID(ctx context.Context, value string, after scim.ID, limit int) ([]scim.ID, error) {
	return t.byExternalID(ctx, GroupKind, value, after, limit)
}

func (t *Tenant) byExternalID(ctx context.Context, k Kind, value string, after scim.ID, limit int) ([]scim.ID, error) {
	if value == "" {
		return nil, nil
	}
	q := table.Query{PK: t.lookupPK(k, "externalId", value), After: string(after), Limit: limit}
	return t.idsIn(ctx, q, func(entry table.Item) scim.ID { return scim.ID(entry.Text("SK")) })
}

// idsIn reads ids in a range of keys; without a limit more than MaxScanned are
// ErrTooMany.
func (t *Tenant) idsIn(ctx context.Context, q table.Query, id func(table.Item) scim.ID) ([]scim.ID, error) {
	all := q.Limit == 0
	if all {
		q.Limit = MaxScanned + 1
	}
	items, _, err := t.d.db.Query(ctx, q)
	if err == nil && all && len(items) > MaxScanned {
		err = ErrTooMany
	}
	ids := make([]scim.ID, len(items))
	for i, item := range items {
		ids[i] = id(item)
	}
	return ids, err
}

// ByID reads resources of a kind, in the order of their ids. Those that do not exist
// are missing.
func (t *Tenant) ByID(ctx context.Context, k Kind, ids []scim.ID) ([]Resource, error) {
	return byID(ctx, t, k, ids, resourceFrom)
}

// UsersByID reads users, in the order of their ids. Those that do not exist are
// missing.
func (t *Tenant) UsersByID(ctx context.Context, ids []scim.ID) ([]User, error) {
	return byID(ctx, t, UserKind, ids, userFrom)
}

func byID[R any](ctx context.Context, t *Tenant, k Kind, ids []scim.ID, from func(table.Item) (R, error)) ([]R, error) {
	items, err := t.items(ctx, k, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(items, bySK)
	found := make([]R, 0, len(items))
	for _, item := range items {
		r, err := from(item)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

// items reads the items of those resources that exist and are not being deleted.
// No id may occur twice.
func (t *Tenant) items(ctx context.Context, k Kind, ids []scim.ID) ([]table.Item, error) {
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = t.key(k, id)
	}
	items, err := t.d.db.GetAll(ctx, keys)
	t.finishMet(ctx, k, items...)
	return slices.DeleteFunc(items, func(item table.Item) bool { return !alive(item) }), err
}
