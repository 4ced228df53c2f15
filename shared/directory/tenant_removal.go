package directory

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/provlog"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// Remaining is what is left of a tenant that is being deleted.
type Remaining struct {
	Done   bool // nothing is left
	Users  int
	Groups int
	Teams  int
	// Wait is how long earlier requests may still be running, and function changes may still
	// write the log. The deletion also removes what they write, so it removes the tenant itself
	// only after that time.
	Wait time.Duration
}

// RemovalTimes are the durations that a tenant's removal depends on.
type RemovalTimes struct {
	Work     time.Duration // how long one call deletes data
	Inactive time.Duration // how long a request can run after its tenant is no longer active
	// Deleting is how long a function may still write that has read the tenant just before it was
	// marked as being deleted. It is longer than WriteLog takes.
	Deleting time.Duration
	// Unused is how long the id can't be used again after the removal. It is longer than a
	// call of RemoveTenant can run.
	Unused time.Duration
}

// RemoveTenant marks a tenant as being deleted, deletes its data for at most the duration
// Work, and returns what is left. The next call continues. Calls may overlap. The errors are
// ErrNotFound, ErrContention and ErrUnavailable.
func (d *Directory) RemoveTenant(ctx context.Context, id tenant.ID, times RemovalTimes) (Remaining, error) {
	record, err := d.tenants.ChangeTenant(ctx, id, func(t *tenant.Tenant) error {
		t.State = tenant.Deleting
		return nil
	})
	if err != nil {
		return Remaining{}, err
	}
	began, t := d.now(), d.For(id)
	emptied, err := t.removeContents(ctx, times.Work, record.Created)
	if err != nil {
		return Remaining{}, err
	}
	settled := record.Since.Add(times.Inactive)
	if deleting := record.DeletingSince.Add(times.Deleting); deleting.After(settled) {
		settled = deleting
	}
	left := Remaining{Wait: max(0, settled.Sub(d.now()))}
	if !emptied || began.Before(settled) {
		return t.remaining(ctx, left)
	}
	left.Done = true
	return left, t.removeRecord(ctx, record, times.Unused)
}

func (t *namespace) remaining(ctx context.Context, left Remaining) (Remaining, error) {
	for k, n := range map[Kind]*int{UserKind: &left.Users, GroupKind: &left.Groups, TeamKind: &left.Teams} {
		var err error
		if *n, err = t.count(ctx, k); err != nil {
			return left, err
		}
	}
	return left, nil
}

// removeContents deletes teams and groups first, so that users have no memberships left
// when they are deleted. It then deletes the log since the tenant was created, the events,
// the traced requests, and the conflicts. It reports whether everything is deleted.
func (t *namespace) removeContents(ctx context.Context, work time.Duration, created time.Time) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, work)
	defer cancel()
	for _, remove := range []func() error{
		func() error { return t.deleteAll(ctx, TeamKind) },
		func() error { return t.deleteAll(ctx, GroupKind) },
		func() error { return t.deleteAll(ctx, UserKind) },
		func() error { return provlog.New(t.d.db, t.id).Delete(ctx, t.d.now(), created) },
		func() error { return t.d.feed(t.id).Erase(ctx) },
		func() error { return t.traces().Delete(ctx) },
		func() error { return t.conflicts().deleteAll(ctx) },
	} {
		err := remove()
		if errors.Is(err, ErrUnavailable) || err != nil && ctx.Err() != nil { // the time is up, or about to be
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

const (
	removalBatch = 100 // resources that are read at a time to be deleted
	maxParallel  = 8
)

func (t *namespace) deleteAll(ctx context.Context, k Kind) error {
	for {
		items, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.partition(k), Limit: removalBatch})
		if err != nil || len(items) == 0 {
			return err
		}
		if err := t.deleteEach(ctx, k, items); err != nil {
			return err
		}
	}
}

// deleteEach deletes resources. For a resource that is marked already, delete finishes the
// deletion and returns ErrNotFound.
func (t *namespace) deleteEach(ctx context.Context, k Kind, items []table.Item) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(maxParallel)
	for _, item := range items {
		work.Go(func() error {
			err := t.delete(ctx, k, itemID(item), nil)
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			return err
		})
	}
	return work.Wait()
}

// removeRecord removes the remaining items of a tenant. The tenant's record is last: while
// it exists, the deletion can be continued. The id can't be used again for the duration unused.
func (t *namespace) removeRecord(ctx context.Context, record tenant.Tenant, unused time.Duration) error {
	if err := errors.Join(
		t.d.tenants.DeleteCredentials(ctx, t.id),
		t.d.tenants.DeleteRefusals(ctx, t.id),
		t.d.tenants.DeleteInvitations(ctx, t.id),
		t.d.db.DeleteRange(ctx, table.Query{PK: t.keys.guesses()}, nil),
		t.d.db.DeleteRange(ctx, table.Query{PK: t.keys.erasures()}, nil),
	); err != nil {
		return err
	}
	writes := []table.Write{
		table.Delete(t.keys.nesting()), table.Delete(t.keys.bulkRate()), table.Delete(t.keys.scanRate()),
	}
	for _, k := range []Kind{UserKind, GroupKind, TeamKind} {
		if err := t.d.db.DeleteRange(ctx, table.Query{PK: t.keys.tombstones(k)}, nil); err != nil {
			return err
		}
		for shard := range counterShards {
			writes = append(writes, table.Delete(countKey(t.keys.count(k), shard)))
		}
	}
	if err := t.d.db.WriteAll(ctx, writes); err != nil {
		return err
	}
	if err := t.d.closeFeed(ctx, record); err != nil {
		return err
	}
	return t.d.tenants.DeleteTenant(ctx, record, unused)
}

// deleteAll removes the conflicts with their index entries. The entries are removed first,
// because their keys are known from the conflicts.
func (t Conflicts) deleteAll(ctx context.Context) error {
	return t.d.db.DeleteRange(ctx, table.Query{PK: t.keys.conflicts()}, func(item table.Item) []table.Key {
		if record := item.Text("indexed"); record != "" {
			return []table.Key{t.keys.conflictIndexEntry(record, ConflictID(item.Text("SK")))}
		}
		return nil
	})
}
