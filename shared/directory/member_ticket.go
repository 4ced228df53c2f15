package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// The first step of a change is its ticket: the commit demands that it exists. An attempt of
// the commit that got no answer may arrive long after the commit was refused. The steps of a
// refused change are therefore deleted only after its ticket: an attempt that arrives before
// finds all steps, and one that arrives after is refused.

// ticket returns the write that demands the ticket of a change.
func (c *change) ticket(id string) table.Write {
	return table.Check(c.keys.step(c.group, id, 0), "attribute_exists(PK)", nil)
}

// withdraw makes sure that no attempt of a refused commit can be carried out any more, and
// deletes the steps of the change. It returns true, and deletes nothing, if an attempt has been
// carried out already. The error is ErrUnavailable: then the steps stay, because an attempt may
// still need all of them.
func (t Groups) withdraw(ctx context.Context, group scim.ID, id string) (committed bool, err error) {
	key := t.keys.resource(GroupKind, group)
	err = t.d.db.Transact(ctx, func(table.Stamp) []table.Write {
		return []table.Write{
			table.Delete(t.keys.step(group, id, 0)).WithCondition("attribute_exists(PK)", nil),
			table.Check(key, "attribute_not_exists(#pending) OR #pending <> :change", table.Item{"change": id}),
		}
	})
	if err == nil { // a step that is left behind expires
		_ = t.dropSteps(ctx, group, id)
		return false, nil
	}
	if table.FailedConditions(err) == nil {
		return false, err
	}
	// Either the group names the change, or the ticket is gone: the change was carried out, or
	// the deletion of the group has deleted its steps.
	item, err := t.d.db.Get(ctx, key)
	return err == nil && exists(item), err
}
