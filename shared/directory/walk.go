package directory

import (
	"context"
	"strings"

	"scimserver/shared/directory/table"
)

// MaxScanned is the most resources that one request reads one by one.
const MaxScanned = 10_000

// EachUser calls f with every user of the tenant in the order of their ids, until
// f returns false. Behind MaxScanned users the error is ErrTooMany.
func (t *Tenant) EachUser(ctx context.Context, f func(User) bool) error {
	return each(ctx, t, UserKind, userFrom, f)
}

// EachGroup calls f with every group as EachUser does with users.
func (t *Tenant) EachGroup(ctx context.Context, f func(Group) bool) error {
	return each(ctx, t, GroupKind, groupFrom, f)
}

func each[R any](ctx context.Context, t *Tenant, k Kind, from func(table.Item) (R, error), f func(R) bool) error {
	return t.scan(ctx, k, MaxResults, func(item table.Item) (bool, error) {
		r, err := from(item)
		return err == nil && f(r), err
	})
}

// Users reads a page of the tenant's users in the order of their ids: at most
// count of them behind the first skip, fewer when they are large. Users that are
// skipped are read, so the error for a page far behind is ErrTooMany.
func (t *Tenant) Users(ctx context.Context, skip, count int) (page []User, err error) {
	return paged(ctx, t, UserKind, skip, count, userFrom)
}

// Groups reads a page of the tenant's groups as Users does of users.
func (t *Tenant) Groups(ctx context.Context, skip, count int) (page []Group, err error) {
	return paged(ctx, t, GroupKind, skip, count, groupFrom)
}

func paged[R interface{ Size() int }](ctx context.Context, t *Tenant, k Kind, skip, count int, from func(table.Item) (R, error)) (page []R, err error) {
	if count == 0 {
		return nil, nil
	}
	size := 0
	err = t.scan(ctx, k, min(skip+count, MaxResults), func(item table.Item) (bool, error) {
		if skip--; skip >= 0 {
			return true, nil
		}
		r, err := from(item)
		page = append(page, r)
		size += r.Size()
		return len(page) < count && size < MaxPageBytes, err
	})
	return page, err
}

// scan reads the items of a kind, so many at a time, until f returns false.
func (t *Tenant) scan(ctx context.Context, k Kind, batch int, f func(table.Item) (bool, error)) error {
	scanned := 0
	for after := ""; ; {
		items, next, err := t.d.db.Query(ctx, table.Query{PK: t.pk(k), After: after, Limit: batch})
		if err != nil {
			return err
		}
		for _, item := range items {
			if scanned++; scanned > MaxScanned {
				return ErrTooMany
			}
			if !alive(item) {
				continue
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
func (t *Tenant) CountUsers(ctx context.Context) (int, error) { return t.count(ctx, UserKind) }

// CountGroups returns the exact number of the tenant's groups.
func (t *Tenant) CountGroups(ctx context.Context) (int, error) { return t.count(ctx, GroupKind) }

func (t *Tenant) count(ctx context.Context, k Kind) (int, error) {
	shards, _, err := t.d.db.Query(ctx, table.Query{PK: t.countPK(k)})
	sum := int64(0)
	for _, shard := range shards {
		sum += shard.Int("n")
	}
	return int(sum), err
}

func bySK(a, b table.Item) int { return strings.Compare(a.Text("SK"), b.Text("SK")) }
