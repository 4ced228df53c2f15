package directory

import "context"

// FewMembers reads the members of a group as a change left them. If there are more than
// most members, the error is ErrTooMany. If another change of the group has followed, the
// error is ErrContention, because the members may no longer be those of the change. To
// detect that, it reads the group after the members.
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
