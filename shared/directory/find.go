package directory

import (
	"context"

	"scimserver/shared/directory/table"
	"scimserver/shared/scim"
)

// MaxPageBytes bounds the documents of a page, so that its JSON fits into one
// answer of a function.
const MaxPageBytes = 3 << 20

// MaxResults is the most resources that one answer holds.
const MaxResults = 1000

// User reads a user. The errors are ErrNotFound and ErrUnavailable.
func (t *Tenant) User(ctx context.Context, id scim.ID) (User, error) {
	if len(id) > maxID {
		return User{}, ErrNotFound
	}
	item, err := t.d.db.Get(ctx, t.userKey(id))
	if err != nil {
		return User{}, err
	}
	if item == nil {
		return User{}, ErrNotFound
	}
	return userFrom(item)
}

// maxID is longer, in bytes, than any id that is given.
const maxID = 64

// UserByID finds the user of an id.
func (t *Tenant) UserByID(ctx context.Context, id string) ([]User, error) {
	u, err := t.User(ctx, scim.ID(id))
	if err == ErrNotFound || id == "" {
		return nil, nil
	}
	return []User{u}, err
}

// UserByName finds the user of a username, in whatever case and form.
func (t *Tenant) UserByName(ctx context.Context, name string) ([]User, error) {
	return t.holder(ctx, t.claimKey("USERNAME", scim.Fold(name)))
}

// UserByEmail finds the user that holds an email, in whatever case and form.
func (t *Tenant) UserByEmail(ctx context.Context, address string) ([]User, error) {
	return t.holder(ctx, t.claimKey("EMAIL", scim.Fold(address)))
}

// holder reads the claim and then its owner, if that is a user of this tenant.
func (t *Tenant) holder(ctx context.Context, key table.Key) ([]User, error) {
	item, err := t.d.db.Get(ctx, key)
	if err != nil || item.Text("tenant") != string(t.id) {
		return nil, err
	}
	u, err := t.User(ctx, scim.ID(item.Text("owner")))
	if err == ErrNotFound { // deleted between the two reads
		return nil, nil
	}
	return []User{u}, err
}

// UsersByExternalID finds the users with an externalId, which is compared
// exactly and need not be unique (RFC 7643 section 3.1).
func (t *Tenant) UsersByExternalID(ctx context.Context, id string) ([]User, error) {
	if id == "" {
		return nil, nil
	}
	entries, _, err := t.d.db.Query(ctx, table.Query{PK: t.lookupPK("externalId", id), Limit: MaxResults})
	if err != nil {
		return nil, err
	}
	keys := make([]table.Key, len(entries))
	for i, entry := range entries {
		keys[i] = t.userKey(scim.ID(entry.Text("SK")))
	}
	items, err := t.d.db.GetAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	users, err := usersFrom(items)
	return matching(users, func(u User) bool { return u.Doc.Get("externalId").Text() == id }), err
}

// matching drops users that have changed between two reads.
func matching(users []User, match func(User) bool) (rest []User) {
	for _, u := range users {
		if match(u) {
			rest = append(rest, u)
		}
	}
	return rest
}

// MaxScanned is the most users that one request reads one by one.
const MaxScanned = 10_000

// EachUser calls f with every user of the tenant in the order of their ids, until
// f returns false. Behind MaxScanned users the error is ErrTooMany.
func (t *Tenant) EachUser(ctx context.Context, f func(User) bool) error {
	return t.scan(ctx, MaxResults, func(item table.Item) (bool, error) {
		u, err := userFrom(item)
		return err == nil && f(u), err
	})
}

// Users reads a page of the tenant's users in the order of their ids: at most
// count of them behind the first skip, fewer when they are large. Users that are
// skipped are read, so the error for a page far behind is ErrTooMany.
func (t *Tenant) Users(ctx context.Context, skip, count int) (page []User, err error) {
	if count == 0 {
		return nil, nil
	}
	size := 0
	err = t.scan(ctx, min(skip+count, MaxResults), func(item table.Item) (bool, error) {
		if skip--; skip >= 0 {
			return true, nil
		}
		u, err := userFrom(item)
		page = append(page, u)
		size += u.size
		return len(page) < count && size < MaxPageBytes, err
	})
	return page, err
}

// scan reads the users' items, so many at a time, until f returns false.
func (t *Tenant) scan(ctx context.Context, batch int, f func(table.Item) (bool, error)) error {
	scanned := 0
	for after := ""; ; {
		items, next, err := t.d.db.Query(ctx, table.Query{PK: t.userPK(), After: after, Limit: batch})
		if err != nil {
			return err
		}
		for _, item := range items {
			if scanned++; scanned > MaxScanned {
				return ErrTooMany
			}
			if more, err := f(item); !more || err != nil {
				return err
			}
		}
		if after = next; after == "" {
			return nil
		}
	}
}

// CountUsers returns the exact number of the tenant's users.
func (t *Tenant) CountUsers(ctx context.Context) (int, error) {
	shards, _, err := t.d.db.Query(ctx, table.Query{PK: t.countPK()})
	sum := int64(0)
	for _, shard := range shards {
		sum += shard.Int("n")
	}
	return int(sum), err
}

func usersFrom(items []table.Item) ([]User, error) {
	users := make([]User, 0, len(items))
	for _, item := range items {
		u, err := userFrom(item)
		if err != nil {
			return nil, err
		}
		users = append(users, u)
	}
	return users, nil
}
