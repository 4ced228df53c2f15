package directory

import (
	"context"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// maxActions is the number of actions a transaction takes.
const maxActions = 100

// edgeBatch is the number of edges that are read at a time to be removed.
const edgeBatch = 1000

// membershipKeys is a membership that ends.
type membershipKeys struct {
	of    table.Key     // the group or team, whose version moves
	edges []table.Write // what removes both edges
}

// actionsToLeave is the number of actions that end a membership: on the group or
// team and on both edges.
const actionsToLeave = 3

// detach removes a marked member from all its groups. The last writes, of which
// the first is on the member itself, are carried out with the last groups.
func (t Groups) detach(ctx context.Context, m Member, last func() []table.Write) error {
	room := (maxActions - len(last())) / actionsToLeave
	for {
		edges, next, err := t.d.db.Query(ctx, table.Query{PK: t.keys.memberOf(m.ID), Limit: edgeBatch}.Prefixed(string(m.ID)+"#"))
		if err != nil {
			return err
		}
		seats := make([]membershipKeys, len(edges))
		for i, edge := range edges {
			seats[i] = t.membershipIn(reverseEdge(edge).group, m)
		}
		if next == "" && len(seats) <= room {
			return t.d.leave(ctx, seats, last)
		}
		if err := t.d.leaveAll(ctx, seats); err != nil {
			return err
		}
	}
}

func (t Groups) membershipIn(group scim.ID, m Member) membershipKeys {
	return membershipKeys{t.keys.resource(GroupKind, group), t.removeEdges(group, m)}
}

// leaveAll ends memberships of one member, several transactions at a time: they
// have no item in common.
func (d *Directory) leaveAll(ctx context.Context, seats []membershipKeys) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(4)
	const step = maxActions / actionsToLeave
	for first := 0; first < len(seats); first += step {
		some := seats[first:min(first+step, len(seats))]
		work.Go(func() error { return d.leave(ctx, some, func() []table.Write { return nil }) })
	}
	return work.Wait()
}

// leave ends memberships of one member in one transaction, behind some other
// writes. A group that has gone meanwhile, or is about to, has its edges removed
// and nothing else.
func (d *Directory) leave(ctx context.Context, seats []membershipKeys, last func() []table.Write) error {
	gone := make([]bool, len(seats))
	for range 1 + len(seats) {
		first := 0
		err := d.db.Transact(ctx, func(table.Stamp) []table.Write {
			writes := last()
			first = len(writes)
			for i, s := range seats {
				if !gone[i] {
					writes = append(writes, d.touched(s.of))
				}
			}
			for _, s := range seats {
				writes = append(writes, s.edges...)
			}
			return writes
		})
		failed := table.FailedConditions(err)
		if failed == nil || first > 0 && failed.At(0) != nil { // the member itself has gone: another finished this
			return ignoreRefusal(err, failed)
		}
		at := first
		for i := range seats {
			if gone[i] {
				continue
			}
			gone[i] = failed.At(at) != nil
			at++
		}
	}
	return ErrContention
}

// ignoreRefusal returns err unless it is the refusal that the caller expected.
func ignoreRefusal(err error, expected *table.ConditionFailed) error {
	if expected != nil {
		return nil
	}
	return err
}

// touched makes the write that moves the version of a group or team because its
// members change.
func (d *Directory) touched(of table.Key) table.Write {
	set := table.Item{"modified": scim.FormatTime(d.instant())}
	return table.Update(of, set).Adding("version", 1).WithCondition(existsCondition, nil)
}
