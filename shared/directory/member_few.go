package directory

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// FewMembers reads a group as it is after a change, with its members if it has at most
// so many of them; otherwise the error is ErrTooMany. It reads at most one member more
// than that. The members are never older than the group's version, so that a client
// that makes its next change conditional on the version loses none.
func (t Groups) FewMembers(ctx context.Context, c ChangeResult, most int) (Group, []Member, error) {
	g := c.Group
	if !c.Exact {
		now, members, err := t.withMembers(ctx, c, most+1)
		switch {
		case err != nil:
			return g, nil, err
		case len(members) > most:
			return g, nil, ErrTooMany
		case now.Version == c.Group.Version && now.pending == "": // nobody else has changed it
			return now, members, nil
		}
		g = now
	}
	lists, err := t.Members(ctx, []Resource{g.Resource}, most, most)
	if err != nil {
		return g, nil, err
	}
	return g, lists[0], nil
}

// withMembers reads a group and, at the same time, a number of its members.
func (t Groups) withMembers(ctx context.Context, c ChangeResult, limit int) (g Group, members []Member, err error) {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() (err error) { g, err = t.Get(ctx, c.Group.ID); return err })
	work.Go(func() (err error) { members, err = t.membersOfOne(ctx, c.Group.ID, limit); return err })
	return g, members, work.Wait()
}
