package directory

import (
	"context"
	"time"

	"scimserver/shared/directory/table"
	"scimserver/shared/scim"
)

// Provisioned is a user or group that a request of a provider has written.
type Provisioned struct {
	Kind     Kind
	ID       scim.ID
	Old, New scim.Value // documents; Old is null for a new one
	At       time.Time
}

// CloseConflicts closes the conflicts that a provider's later request has settled:
// those about values that the resource has now, those about its externalId, and, once
// it has taken other values, those about the resource. An attempt that was made after
// that request keeps its conflict open. The errors are ErrContention and
// ErrUnavailable.
func (t *Tenant) CloseConflicts(ctx context.Context, p Provisioned) error {
	keys, err := t.conflictsAbout(ctx, p)
	if err != nil {
		return err
	}
	items, err := t.d.db.GetAll(ctx, keys)
	if err != nil {
		return err
	}
	for _, item := range items {
		c, err := conflictFrom(item)
		if err != nil {
			return err
		}
		if c.Kind != p.Kind || c.State == ConflictClosed || c.Last.After(p.At) {
			continue
		}
		if err := t.closeAs(ctx, c, "provisioned"); err != nil {
			return err
		}
	}
	return nil
}

// conflictsAbout returns the keys of conflicts that may be settled.
func (t *Tenant) conflictsAbout(ctx context.Context, p Provisioned) (keys []table.Key, err error) {
	now := t.claimsOf(p.Kind, p.New)
	ids := map[ConflictID]bool{}
	for _, c := range now {
		ids[conflictID(c.Taken)] = true
	}
	records := []string{"externalId=" + p.New.Get("externalId").Text()}
	if len(without(t.claimsOf(p.Kind, p.Old), now)) > 0 {
		records = append(records, "id="+string(p.ID))
	}
	for _, record := range records {
		indexed, _, err := t.d.db.Query(ctx, table.Query{PK: t.conflictOfPK(record)})
		if err != nil {
			return nil, err
		}
		for _, entry := range indexed {
			ids[ConflictID(entry.Text("SK"))] = true
		}
	}
	for id := range ids {
		keys = append(keys, t.conflictKey(id))
	}
	return keys, nil
}

// closeAs closes a conflict as it was read. One that has moved on since stays as it
// is: a later request decides about it.
func (t *Tenant) closeAs(ctx context.Context, c Conflict, outcome string) error {
	err := t.d.db.Write(ctx, func(stamp table.Stamp) table.Write { return t.closing(c, outcome, stamp) })
	return ignoring(err, refusal(err))
}

// closing makes the write that closes a conflict as it was read.
func (t *Tenant) closing(c Conflict, outcome string, stamp table.Stamp) table.Write {
	set := table.Item{"state": string(ConflictClosed), "outcome": outcome, "writer": string(stamp)}
	return table.Update(t.conflictKey(c.ID), set).Provided("#state = :state AND #last = :last AND #holder = :holder",
		table.Item{"state": string(c.State), "last": scim.FormatTime(c.Last), "holder": string(c.Holder.ID)})
}
