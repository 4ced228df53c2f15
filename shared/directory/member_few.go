package directory

import "context"

// FewMembers reads the members of a group as they are after a change, if there are at
// most so many; otherwise the error is ErrTooMany. It reads at most one member more than
// that. The error is ErrContention if another change of the group has come between: then
// no set of members belongs to the version of the change. The group is read after the
// members, which proves that none has.
func (t Groups) FewMembers(ctx context.Context, c ChangeResult, most int) (Group, []Member, error) {
	members, err := t.membersOfOne(ctx, c.Group.ID, most+1)
	if err != nil {
		return c.Group, nil, err
	}
	if len(members) > most {
		return c.Group, nil, ErrTooMany
	}
	now, err := t.Get(ctx, c.Group.ID)
	if err == nil && (now.Version != c.Group.Version || now.pending != "") {
		err = ErrContention
	}
	return now, members, err
}
