package directory

import (
	"context"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Page reads at most count resources of a kind after an id, in the order of their ids, and
// reports whether more follow. It reads fewer if they are large. If after is "", it starts
// with the first resource. The error is ErrUnavailable.
func (t *Tenant) Page(ctx context.Context, k Kind, after scim.ID, count int) (page []Resource, more bool, err error) {
	return t.page(ctx, k, after, count)
}

func (t *namespace) page(
	ctx context.Context,
	k Kind,
	after scim.ID,
	count int,
) (page []Resource, more bool, err error) {
	if count <= 0 {
		return nil, false, nil
	}
	size := 0
	err = t.walk(ctx, k, after, count+1, func(some []Resource, _ string) (bool, error) {
		for _, one := range some {
			if more = len(page) == count || size >= MaxPageBytes; more {
				return false, nil
			}
			page, size = append(page, one), size+one.Size()
		}
		return true, nil
	})
	return page, more, err
}

// Walk calls f with the resources of a kind after an id, in the order of their ids and a
// batch at a time, until f returns false. After MaxScanned resources, or when too little
// of the request's time is left, the error is ErrTooMany.
func (t *Tenant) Walk(
	ctx context.Context,
	k Kind,
	after scim.ID,
	f func(context.Context, []Resource) (bool, error),
) error {
	s := newScan(t.namespace, k)
	return s.bounded(ctx, func(ctx context.Context) error {
		return t.walk(ctx, k, after, 0, func(some []Resource, _ string) (bool, error) {
			if err := s.count(len(some)); err != nil {
				return false, err
			}
			return f(ctx, some)
		})
	})
}

// walk calls f with the resources after an id that are not being deleted, and with the key
// of the last one, until f returns false. Each call of DynamoDB asks for batch resources,
// or for as many as fit if batch is 0.
func (t *namespace) walk(
	ctx context.Context,
	k Kind,
	after scim.ID,
	batch int,
	f func([]Resource, string) (bool, error),
) error {
	q := table.Query{PK: t.keys.partition(k), After: string(after), Limit: batch}
	for more := true; more; {
		more = false
		err := t.d.db.Walk(ctx, q, func(items []table.Item, next string) (bool, error) {
			t.finishDeletions(ctx, k, items...)
			some, err := existing(items)
			if err != nil {
				return false, err
			}
			q.After = next
			wanted, err := f(some, next)
			more = wanted && next != ""
			return wanted, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// existing returns the resources of items that are not being deleted.
func existing(items []table.Item) ([]Resource, error) {
	all := make([]Resource, 0, len(items))
	err := eachExisting(items, func(_ table.Item, r Resource) { all = append(all, r) })
	return all, err
}

// eachExisting calls f with each item that is not being deleted, and its resource.
func eachExisting(items []table.Item, f func(table.Item, Resource)) error {
	for _, item := range items {
		if !exists(item) {
			continue
		}
		r, err := resourceFrom(item)
		if err != nil {
			return err
		}
		f(item, r)
	}
	return nil
}

// MaxSkipped is the most resources that one request skips without reading their documents.
const MaxSkipped = 1_000_000

// Skip skips n resources of a kind after an id. It returns the id of the last of them and
// their number, which is less than n if there are fewer. DynamoDB reads all of them, but
// returns only their keys. After MaxSkipped resources, or when too little of the request's
// time is left, the error is ErrTooMany.
func (t *Tenant) Skip(ctx context.Context, k Kind, after scim.ID, n int) (last scim.ID, skipped int, err error) {
	if n > MaxSkipped {
		return "", 0, ErrTooMany
	}
	last = after
	s := newScan(t.namespace, k)
	err = s.bounded(ctx, func(ctx context.Context) error {
		for more := skipped < n; more; {
			q := table.Query{PK: t.keys.partition(k), After: string(last), Limit: n - skipped, Only: "SK,deleting"}
			items, next, err := t.d.db.Query(ctx, q)
			if err != nil {
				return err
			}
			s.scanned.Add(int64(len(items)))
			for _, item := range items {
				if last = itemID(item); exists(item) {
					skipped++
				}
			}
			more = next != "" && skipped < n
		}
		return nil
	})
	return last, skipped, err
}

// Count returns the exact number of the tenant's resources of a kind.
func (t *Tenant) Count(ctx context.Context, k Kind) (int, error) { return t.count(ctx, k) }

func (t *namespace) count(ctx context.Context, k Kind) (int, error) {
	shards, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.count(k)})
	sum := int64(0)
	for _, shard := range shards {
		sum += shard.Int("n")
	}
	return int(sum), err
}

func bySK(a, b table.Item) int { return strings.Compare(a.Text("SK"), b.Text("SK")) }
