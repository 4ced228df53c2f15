package directory

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MaxDepth is the maximum number of levels of nested groups.
const MaxDepth = 10

// maxNested is the maximum number of groups that are read to check the nesting.
const maxNested = 1000

// nestingGuard checks the nesting, and returns the write that fails if another change adds
// groups to groups meanwhile; nil if this change adds no groups. The errors are ErrCycle, ErrDepth
// and ErrTooMany.
func (c *change) nestingGuard(ctx context.Context) ([]table.Write, error) {
	var children []scim.ID
	for _, m := range c.edit.Add {
		if m.Kind == GroupKind {
			children = append(children, m.ID)
		}
	}
	if len(children) == 0 {
		return nil, nil
	}
	nesting, err := c.groups().nestingItem(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.groups().checkNesting(ctx, c.group, children); err != nil {
		return nil, err
	}
	condition, values := "attribute_not_exists(PK)", table.Item(nil)
	if nesting != nil {
		condition, values = "#n = :n", table.Item{"n": nesting.Int("n")}
	}
	last := table.Item{"last": string(c.group)}
	return []table.Write{table.Update(c.keys.nesting(), last).Adding("n", 1).WithCondition(condition, values)}, nil
}

// checkNesting returns ErrCycle or ErrDepth if a group can't contain children. It walks down
// from the children, and up from the group.
func (t Groups) checkNesting(ctx context.Context, group scim.ID, children []scim.ID) error {
	below, err := t.levels(ctx, children, func(ctx context.Context, id scim.ID) (ids []scim.ID, err error) {
		_, ids, err = t.finishedChildren(ctx, id)
		return ids, err
	})
	if err != nil {
		return err
	}
	for _, level := range below {
		if level[group] {
			return ErrCycle
		}
	}
	above, err := t.levels(ctx, []scim.ID{group}, t.parents)
	if err == nil && len(above)+len(below) > MaxDepth {
		err = ErrDepth
	}
	return err
}

// nestingItem reads the item NESTING, which counts the changes that add groups to groups.
// If the last of them is still pending, it is finished first, so that its edges are seen.
func (t Groups) nestingItem(ctx context.Context) (table.Item, error) {
	item, err := t.d.db.Get(ctx, t.keys.nesting())
	if err != nil || item.Text("last") == "" {
		return item, err
	}
	g, err := t.Get(ctx, scim.ID(item.Text("last")))
	if err == nil {
		err = t.finishPending(ctx, g.Resource)
	}
	return item, ignoreNotFound(err)
}

// levels returns the groups that are 0, 1, 2 ... steps away from some groups. A group is
// on several levels if paths of different length lead to it. After MaxDepth steps the
// error is ErrDepth.
func (t Groups) levels(
	ctx context.Context,
	from []scim.ID,
	step func(context.Context, scim.ID) ([]scim.ID, error),
) (levels []map[scim.ID]bool, err error) {
	seen := 0
	for level := set(from); len(level) > 0; {
		levels = append(levels, level)
		if seen += len(level); seen > maxNested {
			return nil, ErrTooMany
		}
		if len(levels) > MaxDepth {
			return levels, ErrDepth
		}
		if level, err = t.nextLevel(ctx, level, step); err != nil {
			return nil, err
		}
	}
	return levels, nil
}

func set(ids []scim.ID) map[scim.ID]bool {
	all := make(map[scim.ID]bool, len(ids))
	for _, id := range ids {
		all[id] = true
	}
	return all
}

// nextLevel returns the groups that are one step away from the groups of a level.
func (t Groups) nextLevel(
	ctx context.Context,
	level map[scim.ID]bool,
	step func(context.Context, scim.ID) ([]scim.ID, error),
) (map[scim.ID]bool, error) {
	var mu sync.Mutex
	next := map[scim.ID]bool{}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(16)
	for id := range level {
		work.Go(func() error {
			found, err := step(ctx, id)
			mu.Lock()
			defer mu.Unlock()
			for _, id := range found {
				next[id] = true
			}
			return err
		})
	}
	return next, work.Wait()
}

// finishedChildren returns a group and the groups that are members of it. It first finishes a
// pending change of the group, which may add groups. A group that does not exist has no id.
func (t Groups) finishedChildren(ctx context.Context, group scim.ID) (g Group, ids []scim.ID, err error) {
	g, err = t.Get(ctx, group)
	if err == nil {
		err = t.finishPending(ctx, g.Resource)
	}
	if err != nil { // it may have been deleted meanwhile
		return Group{}, nil, ignoreNotFound(err)
	}
	ids, err = t.children(ctx, group)
	return g, ids, err
}

// children returns the groups that are members of a group, without finishing a pending change.
func (t Groups) children(ctx context.Context, group scim.ID) (ids []scim.ID, err error) {
	edges, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.members(group)}.Prefixed(GroupKind.letter()+"#"))
	for _, edge := range edges {
		ids = append(ids, memberFrom(edge).ID)
	}
	return ids, err
}

// parents returns the groups that a group or user is a direct member of.
func (t Groups) parents(ctx context.Context, member scim.ID) (ids []scim.ID, err error) {
	edges, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.memberOf(member)}.Prefixed(string(member)+"#"))
	for _, edge := range edges {
		ids = append(ids, edgeFrom(edge).group)
	}
	return ids, err
}
