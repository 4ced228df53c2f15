package directory

import (
	"context"
	"errors"
	"slices"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MaxPageBytes bounds the total size of the documents of a page, so that its JSON fits
// into one answer of a function.
const MaxPageBytes = 3 << 20

// MaxResults is the most resources that one answer holds.
const MaxResults = 1000

// Get reads a user, without groups. The errors are ErrNotFound and
// ErrUnavailable.
func (t Users) Get(ctx context.Context, id scim.ID) (User, error) {
	return t.user(ctx, UserKind, id)
}

func (t *namespace) user(ctx context.Context, k Kind, id scim.ID) (User, error) {
	item, err := t.get(ctx, k, id)
	if err != nil {
		return User{}, err
	}
	return userFrom(item)
}

// Get reads a group, without its members. The errors are ErrNotFound and
// ErrUnavailable.
func (t Groups) Get(ctx context.Context, id scim.ID) (Group, error) {
	item, err := t.get(ctx, GroupKind, id)
	if err != nil {
		return Group{}, err
	}
	return groupFrom(item)
}

// get reads the item of a resource that is not being deleted.
func (t *namespace) get(ctx context.Context, k Kind, id scim.ID) (table.Item, error) {
	if !ValidID(id) {
		return nil, ErrNotFound
	}
	item, err := t.d.db.Get(ctx, t.keys.resource(k, id))
	if err == nil && !exists(item) {
		t.finishDeletions(ctx, k, item)
		err = ErrNotFound
	}
	return item, err
}

// maxID bounds the bytes of an id. All ids of the service are shorter.
const maxID = 64

// ValidID reports whether an id has the form of an id. Only valid ids become part of keys.
func ValidID(id scim.ID) bool {
	for _, c := range id {
		if c <= ' ' || c > '~' || c == '#' {
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// itemID returns the id in the key of an item whose sort key is an id.
func itemID(item table.Item) scim.ID { return scim.ID(item.Text("SK")) }

// exists reports whether an item is a resource that is not being deleted.
func exists(item table.Item) bool { return item != nil && item.Text("deleting") == "" }

// ByID finds the user with an id.
func (t Users) ByID(ctx context.Context, id string) ([]User, error) {
	return atMostOne(t.Get(ctx, scim.ID(id)))
}

// ByID finds the group with an id.
func (t Groups) ByID(ctx context.Context, id string) ([]Group, error) {
	return atMostOne(t.Get(ctx, scim.ID(id)))
}

// atMostOne turns the result of a read into a list: empty if the resource was not found.
func atMostOne[R any](r R, err error) ([]R, error) {
	switch {
	case err == nil:
		return []R{r}, nil
	case errors.Is(err, ErrNotFound):
		return nil, nil
	}
	return nil, err
}

// ByName finds the user with a username, which is compared in its folded form.
func (t Users) ByName(ctx context.Context, name string) ([]User, error) {
	return atMostOne(readOwner(ctx, t.namespace, t.keys.claim("USERNAME", scim.Fold(name)), t.Get))
}

// ByEmail finds the user with an email, which is compared in its folded form.
func (t Users) ByEmail(ctx context.Context, address string) ([]User, error) {
	return atMostOne(readOwner(ctx, t.namespace, t.keys.claim("EMAIL", scim.Fold(address)), t.Get))
}

// ByName finds the group with a displayName, which is compared in its folded form.
func (t Groups) ByName(ctx context.Context, name string) ([]Group, error) {
	return atMostOne(readOwner(ctx, t.namespace, t.keys.groupName(scim.Fold(name)), t.Get))
}

// readOwner reads a claim and then its owner, if the owner is a resource of this tenant.
// The owner may have been deleted between the two reads.
func readOwner[R any](
	ctx context.Context,
	t *namespace,
	key table.Key,
	read func(context.Context, scim.ID) (R, error),
) (R, error) {
	item, err := t.d.db.Get(ctx, key)
	h := holderFrom(item)
	if err == nil && h.Tenant != t.id {
		err = ErrNotFound
	}
	if err != nil {
		var none R
		return none, err
	}
	return read(ctx, h.ID)
}

// ByExternalID finds the users with an externalId, which is compared exactly and need not
// be unique (RFC 7643 section 3.1). If there are more than MaxResults users, the error is
// ErrTooMany: Users.IDsByExternalID returns them in parts.
func (t Users) ByExternalID(ctx context.Context, id string) ([]User, error) {
	ids, err := t.IDsByExternalID(ctx, id, "", MaxResults+1)
	if err == nil && len(ids) > MaxResults {
		err = ErrTooMany
	}
	if err != nil {
		return nil, err
	}
	users, err := t.GetAll(ctx, ids)
	return slices.DeleteFunc(users, func(u User) bool { return u.Doc.Get("externalId").Text() != id }), err
}

// IDsByExternalID returns the ids of the users with an externalId, in order: those that
// follow the id after, at most limit of them, or all if limit is 0. If there are more than
// MaxScanned users, the error is ErrTooMany.
func (t Users) IDsByExternalID(ctx context.Context, value string, after scim.ID, limit int) ([]scim.ID, error) {
	return t.byExternalID(ctx, UserKind, value, after, limit)
}

// IDsByExternalID is Users.IDsByExternalID for groups.
func (t Groups) IDsByExternalID(ctx context.Context, value string, after scim.ID, limit int) ([]scim.ID, error) {
	return t.byExternalID(ctx, GroupKind, value, after, limit)
}

func (t *namespace) byExternalID(
	ctx context.Context,
	k Kind,
	value string,
	after scim.ID,
	limit int,
) ([]scim.ID, error) {
	if value == "" {
		return nil, nil
	}
	q := table.Query{PK: t.keys.lookup(k, "externalId", value), After: string(after), Limit: limit}
	return t.idsIn(ctx, q, itemID)
}

// idsIn reads the ids in a range of keys. Without a limit, the error is ErrTooMany if
// there are more than MaxScanned ids.
func (t *namespace) idsIn(ctx context.Context, q table.Query, id func(table.Item) scim.ID) ([]scim.ID, error) {
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

// ByID reads resources of a kind, in the order of their ids. Resources that do not exist
// are left out.
func (t *Tenant) ByID(ctx context.Context, k Kind, ids []scim.ID) ([]Resource, error) {
	return byID(ctx, t.namespace, k, ids, resourceFrom)
}

// GetAll reads users, in the order of their ids. Users that do not exist are left out.
func (t Users) GetAll(ctx context.Context, ids []scim.ID) ([]User, error) {
	return byID(ctx, t.namespace, UserKind, ids, userFrom)
}

func byID[R any](
	ctx context.Context,
	t *namespace,
	k Kind,
	ids []scim.ID,
	from func(table.Item) (R, error),
) ([]R, error) {
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

// items reads the items of the resources that exist and are not being deleted. No id may
// occur twice.
func (t *namespace) items(ctx context.Context, k Kind, ids []scim.ID) ([]table.Item, error) {
	keys := make([]table.Key, len(ids))
	for i, id := range ids {
		keys[i] = t.keys.resource(k, id)
	}
	items, err := t.d.db.GetAll(ctx, keys)
	t.finishDeletions(ctx, k, items...)
	return slices.DeleteFunc(items, func(item table.Item) bool { return !exists(item) }), err
}
