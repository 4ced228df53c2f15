package directory

import (
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Provisioned is a user or group that a provider's request has written.
type Provisioned struct {
	Kind     Kind
	ID       scim.ID
	Old, New scim.Value // documents; Old is null for a new one
	At       time.Time
}

// conflictSelector selects the conflicts that a provider's request has resolved: by their
// values, or by the provider's record, see Conflict.indexValue.
type conflictSelector struct {
	Provisioned
	outcome     string
	values      map[ConflictID]bool // the conflicts about values of the resource; true if they are resolved
	indexValues []string
}

// CloseResolved closes the conflicts that a provider's later request has resolved: those
// about values that the resource has now, those about its externalId, and, if the request
// replaced values, those about the resource. A conflict with an attempt after that request
// stays open. A conflict about a value of a user that the request deactivated stays open
// too: the value may be meant for another user. The errors are ErrContention and ErrUnavailable.
func (t Conflicts) CloseResolved(ctx context.Context, p Provisioned) error {
	s := conflictSelector{
		Provisioned: p,
		outcome:     "a later request of the provider succeeded",
		values:      map[ConflictID]bool{},
	}
	claims := t.claimsOf(p.Kind, p.New)
	for _, c := range claims {
		s.values[t.idOf(c.TakenValue)] = true
	}
	if id := p.New.Get("externalId").Text(); id != "" {
		s.indexValues = append(s.indexValues, Conflict{ExternalID: id}.indexValue())
	}
	if len(without(t.claimsOf(p.Kind, p.Old), claims)) > 0 {
		s.indexValues = append(s.indexValues, Conflict{Resource: p.ID}.indexValue())
	}
	return t.closeMatching(ctx, s)
}

// closeDeleted closes the conflicts about a resource that a provider has deleted.
func (t Conflicts) closeDeleted(ctx context.Context, p Provisioned) error {
	return t.closeMatching(
		ctx,
		conflictSelector{
			Provisioned: p,
			outcome:     "the provider deleted " + string(p.ID),
			indexValues: []string{Conflict{Resource: p.ID}.indexValue()},
		},
	)
}

func (t Conflicts) closeMatching(ctx context.Context, s conflictSelector) error {
	keys, err := t.candidateKeys(ctx, s)
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
		if !s.matches(c) {
			continue
		}
		if err := t.close(ctx, c, s.outcome); err != nil {
			return err
		}
	}
	return nil
}

// matches reports whether a conflict is to be closed. A conflict about a change of an
// existing resource stays open when another resource gets the value.
func (s conflictSelector) matches(c Conflict) bool {
	if c.Kind != s.Kind || c.State == ConflictClosed || c.Last.After(s.At) {
		return false
	}
	byValue := s.values[c.ID] && (c.Resource == "" || c.Resource == s.ID) && !s.freed(c)
	return byValue || slices.Contains(s.indexValues, c.indexed)
}

// freed reports whether the request deactivated the user who holds the conflict's value.
func (s conflictSelector) freed(c Conflict) bool {
	return Deactivated(s.New) && c.Resource != s.ID && c.Holder.ID == s.ID
}

// candidateKeys returns the keys of the conflicts that matches has to decide on.
func (t Conflicts) candidateKeys(ctx context.Context, s conflictSelector) (keys []table.Key, err error) {
	ids := maps.Clone(s.values)
	if ids == nil {
		ids = map[ConflictID]bool{}
	}
	for _, record := range s.indexValues {
		indexed, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.conflictIndex(record)})
		if err != nil {
			return nil, err
		}
		for _, entry := range indexed {
			ids[ConflictID(entry.Text("SK"))] = true
		}
	}
	for id := range ids {
		keys = append(keys, t.keys.conflict(id))
	}
	return keys, nil
}

// CloseConflicts closes the conflicts that requests have resolved. It is idempotent.
// Attempts and successes are recorded in no fixed order: an attempt that is recorded
// afterwards leaves its conflict open, even if a later request has already succeeded. The
// errors are ErrContention and ErrUnavailable.
func (d *Directory) CloseConflicts(ctx context.Context, all []StreamChange) error {
	for id, changes := range byTenant(all) {
		if err := d.namespace(id).conflicts().closeAll(ctx, changes); err != nil {
			return err
		}
	}
	return nil
}

func (t Conflicts) closeAll(ctx context.Context, changes []StreamChange) error {
	if some, err := t.exist(ctx); err != nil || !some {
		return err
	}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(maxParallel)
	for _, change := range changes {
		work.Go(func() error {
			if change.isConsequence() {
				return nil
			}
			if change.Deleted {
				return t.closeDeleted(ctx, change.Provisioned)
			}
			return t.CloseResolved(ctx, change.Provisioned)
		})
	}
	return work.Wait()
}

// exist reports whether a tenant has any conflicts. Most tenants have none, and then there
// is nothing to close.
func (t Conflicts) exist(ctx context.Context) (bool, error) {
	items, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.conflicts(), Limit: 1, Only: "PK, SK"})
	return len(items) > 0, err
}

// close closes a conflict, unless it has changed since it was read: then a later request
// closes it.
func (t Conflicts) close(ctx context.Context, c Conflict, outcome string) error {
	condition, values := c.unchanged()
	values["last"] = scim.FormatTime(c.Last)
	write := t.closeWrite(c, outcome).WithCondition(condition+" AND #last = :last", values)
	err := t.d.db.Write(ctx, func(table.Stamp) table.Write { return write })
	return ignoreConditionFailed(err, table.FailedConditions(err))
}

// closeWrite returns the write that closes a conflict.
func (t Conflicts) closeWrite(c Conflict, outcome string) table.Write {
	return table.Update(t.keys.conflict(c.ID), table.Item{"state": string(ConflictClosed), "outcome": outcome})
}
