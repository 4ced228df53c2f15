package directory

import (
	"context"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// removeLeftovers removes the edges of a user or group that does not exist any more. There are some if
// a member was added right before the deletion: a read that follows a transaction may return one of
// its items in the new state and another one in the old state for some milliseconds (DynamoDB Developer
// Guide, "Isolation levels and transactions"), so the deletion may have missed the edges. The
// Lambda function changes calls removeLeftovers later, when the edges can be read. Ids are never
// reused. It costs one read unit
// for a user and two for a group if there is nothing to remove.
func (t *namespace) removeLeftovers(ctx context.Context, k Kind, id scim.ID) error {
	if k != UserKind && k != GroupKind {
		return nil
	}
	if k == GroupKind {
		if err := t.groups().removeEdgesOf(ctx, id); err != nil {
			return err
		}
	}
	q := table.Query{PK: t.keys.memberOf(id), Limit: 1}.Prefixed(string(id) + "#")
	edges, _, err := t.d.db.Query(ctx, q)
	if err != nil || len(edges) == 0 || edgeFrom(edges[0]).Kind != k {
		return err
	}
	checkGone := func() []table.Write {
		return []table.Write{table.Check(t.keys.resource(k, id), "attribute_not_exists(PK)", nil)}
	}
	return t.groups().leaveGroups(ctx, Member{ID: id, Kind: k}, "", checkGone)
}
