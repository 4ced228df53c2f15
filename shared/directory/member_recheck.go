package directory

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// A query is no snapshot, and a change of many members takes many transactions. So a change that is
// committed while a request reads the members could be half visible. The request therefore reads
// the version of the group again after the members. Every change of the members increments it.

// maxReads is how often a request reads the members of a group that others are changing.
const maxReads = 3

// recheck makes sure that the members that were read never include only a part of a change that
// takes several transactions. groups are the groups as they were before their members were read. If
// groups[i] has changed since, recheck calls read(i), which reads its members again. If only small
// changes come in between, of one transaction each, the result of the last read stands; otherwise
// the error is ErrContention. A group that has been deleted since may lack members.
func (t Groups) recheck(ctx context.Context, groups []Resource, read func(context.Context, int) error) error {
	before, which := slices.Clone(groups), indices(groups)
	for n := 1; ; n++ {
		changed, large, err := t.changedSince(ctx, before, which)
		if err != nil {
			return err
		}
		if again, err := readsAgain(n, changed, large); !again || err != nil {
			return err
		}
		if err := t.readAgain(ctx, before, changed, read); err != nil {
			return err
		}
		which = changed
	}
}

func indices(groups []Resource) []int {
	all := make([]int, len(groups))
	for i := range all {
		all[i] = i
	}
	return all
}

// readsAgain decides after the n-th read of members whether to read them again.
func readsAgain(n int, changed []int, large bool) (bool, error) {
	if n == maxReads && large {
		return false, ErrContention
	}
	return n < maxReads && len(changed) > 0, nil
}

func (t Groups) readAgain(
	ctx context.Context, groups []Resource, which []int, read func(context.Context, int) error,
) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(16)
	for _, i := range which {
		work.Go(func() error {
			if err := t.finishPending(ctx, groups[i]); err != nil {
				return err
			}
			return read(ctx, i)
		})
	}
	return work.Wait()
}

// changedSince returns which of some groups have changed since they were read and their pending
// changes were finished, and puts their present state into groups. large says that one of these
// changes took more than one transaction.
func (t Groups) changedSince(
	ctx context.Context, groups []Resource, which []int,
) (changed []int, large bool, err error) {
	ids := make([]scim.ID, len(which))
	for i, at := range which {
		ids[i] = groups[at].ID
	}
	items, err := t.present(ctx, ids)
	for _, i := range which {
		before := groups[i]
		item, found := items[before.ID]
		if !found || !exists(item) {
			continue
		}
		now := Resource{
			ID: before.ID, Version: item.Int("version"),
			pending: item.Text("pending"), lastPending: item.Text("lastPending"),
		}
		if now.pending == "" && now.Version == before.finishedVersion() {
			continue
		}
		groups[i], changed = now, append(changed, i)
		large = large || now.pending != "" || now.lastPending != before.lastPending
	}
	return changed, large, err
}

// finishedVersion is the version of the group after its pending change, if that is the only change.
func (r Resource) finishedVersion() int64 {
	if r.pending == "" {
		return r.Version
	}
	return r.Version + 1
}

// fewGroups is the most groups that are each read by key. More are read with one query: the groups
// of a page mostly follow each other in the table, and a query costs a unit for 4 KB of them instead
// of a unit for each.
const fewGroups = 4

// present reads the items of groups, as far as they exist.
func (t Groups) present(ctx context.Context, ids []scim.ID) (found map[scim.ID]table.Item, err error) {
	found = make(map[scim.ID]table.Item, len(ids))
	if len(ids) > fewGroups {
		q := table.Query{PK: t.keys.partition(GroupKind), From: string(slices.Min(ids)), To: string(slices.Max(ids))}
		q.Limit = len(ids)
		items, _, err := t.d.db.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			found[itemID(item)] = item
		}
	}
	var keys []table.Key
	for _, id := range ids {
		if _, known := found[id]; !known && ValidID(id) {
			keys = append(keys, t.keys.resource(GroupKind, id))
		}
	}
	items, err := t.d.db.GetAll(ctx, keys)
	for _, item := range items {
		found[itemID(item)] = item
	}
	return found, err
}
