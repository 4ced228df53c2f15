package directory

import (
	"context"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// maxActions is the most actions that a DynamoDB transaction can have.
const maxActions = 100

// edgeBatch is the number of edges that one query reads.
const edgeBatch = 1000

// endedMembership is a membership to be removed.
type endedMembership struct {
	of    table.Key     // the group or team; its version is incremented
	edges []table.Write // the writes that remove both edges
	stamp string        // the record for the log, see leaveStamp
}

// actionsPerMembership is the number of actions that remove a membership: one on the group
// or team, and one on each edge.
const actionsPerMembership = 3

// leaveGroups removes a member that has the mark of deletion from all its groups. stamp is what
// leaveStamp returns. The last transaction includes the writes of last, the first of which is on
// the member itself.
func (t Groups) leaveGroups(
	ctx context.Context, m Member, stamp string, last func() []table.Write,
) error {
	room := (maxActions - len(last())) / actionsPerMembership
	for {
		edges, next, err := t.d.db.Query(
			ctx,
			table.Query{PK: t.keys.memberOf(m.ID), Limit: edgeBatch}.Prefixed(string(m.ID)+"#"),
		)
		if err != nil {
			return err
		}
		memberships := make([]endedMembership, len(edges))
		for i, edge := range edges {
			memberships[i] = t.membershipIn(edgeFrom(edge).group, m, stamp)
		}
		if next == "" && len(memberships) <= room {
			return t.d.endMemberships(ctx, memberships, last)
		}
		if err := t.d.endAllMemberships(ctx, memberships); err != nil {
			return err
		}
	}
}

func (t Groups) membershipIn(group scim.ID, m Member, stamp string) endedMembership {
	return endedMembership{t.keys.resource(GroupKind, group), t.removeEdges(group, m), stamp}
}

// endAllMemberships removes memberships of one member in several transactions, which run
// at the same time because they have no item in common.
func (d *Directory) endAllMemberships(ctx context.Context, memberships []endedMembership) error {
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(4)
	const step = maxActions / actionsPerMembership
	for first := 0; first < len(memberships); first += step {
		some := memberships[first:min(first+step, len(memberships))]
		work.Go(func() error { return d.endMemberships(ctx, some, func() []table.Write { return nil }) })
	}
	return work.Wait()
}

// endMemberships removes memberships of one member in one transaction, after the writes of
// last. If a group was deleted meanwhile or is being deleted, only its edges are removed.
func (d *Directory) endMemberships(
	ctx context.Context, memberships []endedMembership, last func() []table.Write,
) error {
	gone := make([]bool, len(memberships))
	for range 1 + len(memberships) {
		first := 0
		err := d.db.Transact(ctx, func(table.Stamp) []table.Write {
			writes := last()
			first = len(writes)
			for i, s := range memberships {
				if !gone[i] {
					writes = append(writes, d.versionWrite(s.of, s.stamp))
				}
			}
			for _, s := range memberships {
				writes = append(writes, s.edges...)
			}
			return writes
		})
		failed := table.FailedConditions(err)
		if failed == nil || first > 0 && failed.At(0) != nil { // if the member is gone, another request finished this
			return ignoreConditionFailed(err, failed)
		}
		at := first
		for i := range memberships {
			if gone[i] {
				continue
			}
			gone[i] = failed.At(at) != nil
			at++
		}
	}
	return ErrContention
}

// ignoreConditionFailed returns err, or nil if the caller expected this failure.
func ignoreConditionFailed(err error, expected *table.ConditionFailed) error {
	if expected != nil {
		return nil
	}
	return err
}

// versionWrite returns the write that increments the version of a group or team because
// its members change. stamp is the record for the log, or "".
func (d *Directory) versionWrite(of table.Key, stamp string) table.Write {
	set := table.Item{"modified": scim.FormatTime(d.instant())}
	if stamp != "" {
		set["log"] = stamp
	}
	return table.Update(of, set).Adding("version", 1).WithCondition(existsCondition, nil)
}
