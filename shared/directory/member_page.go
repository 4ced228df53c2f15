package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// MemberPage reads a page of a group's direct members: at most limit members after a
// position, groups before users, both in the order of ids. next is the position of the
// next page, "" at the end. A pending change of the group is finished. The errors are
// ErrNotFound, ErrContention and ErrUnavailable.
func (t Groups) MemberPage(
	ctx context.Context, id scim.ID, after string, limit int,
) (g Group, page []Member, next string, err error) {
	if g, err = t.Get(ctx, id); err == nil {
		err = t.finishPending(ctx, g.Resource)
	}
	if err != nil {
		return g, nil, "", err
	}
	var edges []table.Item
	read := func(ctx context.Context, _ int) (err error) {
		edges, next, err = t.d.db.Query(ctx, table.Query{PK: t.keys.members(id), After: after, Limit: limit})
		return err
	}
	if err = read(ctx, 0); err == nil {
		err = t.recheck(ctx, []Resource{g.Resource}, read)
	}
	for _, edge := range edges {
		page = append(page, memberFrom(edge))
	}
	return g, page, next, err
}
