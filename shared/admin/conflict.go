package admin

import (
	"context"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// ConflictFilter selects the conflicts of a list: those in a state, or all. If it is empty, the
// list has the conflicts that may need somebody's attention.
type ConflictFilter string

const allConflicts ConflictFilter = "all"

func (f ConflictFilter) valid() bool {
	switch directory.ConflictState(f) {
	case directory.ConflictOpen, directory.ConflictApproved, directory.ConflictFreed, directory.ConflictDismissed,
		directory.ConflictClosed:
		return true
	}
	return f == "" || f == allConflicts
}

func (f ConflictFilter) matches(s directory.ConflictState) bool {
	switch f {
	case allConflicts:
		return true
	case "":
		return s != directory.ConflictDismissed && s != directory.ConflictClosed
	}
	return s == directory.ConflictState(f)
}

// conflictPages limits the pages that one answer reads to find conflicts in a state.
const conflictPages = 10

// Conflicts returns a page of a tenant's conflicts.
func (s *Service) Conflicts(
	ctx context.Context, id tenant.ID, f ConflictFilter, after directory.ConflictID, limit int,
) (ConflictList, error) {
	out := ConflictList{Conflicts: []Conflict{}, Next: after}
	if !f.valid() {
		return out, invalid("state %q is none of open, approved, freed, dismissed, closed, all", f)
	}
	if err := s.requireTenant(ctx, id); err != nil {
		return out, err
	}
	for range conflictPages {
		page, next, err := s.Directory.For(id).Conflicts().List(ctx, out.Next, maxPage)
		if err != nil {
			return out, err
		}
		out.Next = next
		if s.addMatching(&out, id, page, f, limit) || next == "" {
			break
		}
	}
	return out, nil
}

// addMatching adds the matching conflicts of a page, and reports whether the list is full. The
// next page then begins after the last conflict added.
func (s *Service) addMatching(
	to *ConflictList, id tenant.ID, page []directory.Conflict, f ConflictFilter, limit int,
) bool {
	for i, c := range page {
		if c = c.AsOf(s.Now()); !f.matches(c.State) {
			continue
		}
		to.Conflicts = append(to.Conflicts, toConflict(id, c))
		if len(to.Conflicts) == limit {
			if i < len(page)-1 {
				to.Next = c.ID
			}
			return true
		}
	}
	return false
}

// Conflict returns a conflict. Unless it is closed, the answer also says who holds the values now.
func (s *Service) Conflict(ctx context.Context, id tenant.ID, conflict directory.ConflictID) (Conflict, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return Conflict{}, err
	}
	c, err := s.Directory.For(id).Conflicts().Get(ctx, conflict)
	if err != nil {
		return Conflict{}, err
	}
	if c = c.AsOf(s.Now()); c.State == directory.ConflictClosed {
		return toConflict(id, c), nil
	}
	c, now, err := s.holder(ctx, id, c)
	out := toConflict(id, c)
	if out.Now = now; !now.Holds {
		out.withdraw(now.Reason)
	}
	return out, err
}

// withdraw marks all resolutions that act on the holder as unavailable.
func (c *Conflict) withdraw(reason string) {
	for i, o := range c.Can {
		if o.Applies && o.Verb != directory.ByDismissing {
			c.Can[i] = ConflictOption{Verb: o.Verb, Reason: reason}
		}
	}
}

func kindName(k directory.Kind) string { return strings.ToLower(string(k)) }

func toConflict(t tenant.ID, c directory.Conflict) Conflict {
	out := Conflict{
		ID: c.ID, Of: kindName(c.Kind), HeldBy: c.HolderKind(t),
		Holder: ConflictHolder{kindName(c.Holder.Kind), c.Holder.ID, c.Holder.Tenant},
		Name:   c.Name, ExternalID: c.ExternalID, Resource: c.Resource, Attempts: c.Attempts, First: c.First,
		Last:  c.Last,
		State: c.State, Outcome: c.Outcome,
	}
	for _, v := range c.Values {
		out.Values = append(out.Values, ConflictValue{v.Attribute, v.Value})
	}
	out.Attribute, out.Value = out.Values[0].Attribute, out.Values[0].Value
	if c.State == directory.ConflictApproved {
		out.Approval = &ConflictApproval{c.Approval.By, c.Approval.Until}
	}
	for _, o := range c.Options(t) {
		if o.Unavailable != "" {
			out.Can = append(out.Can, ConflictOption{Verb: o.Resolution, Reason: o.Unavailable})
		} else {
			out.Can = append(
				out.Can,
				ConflictOption{Verb: o.Resolution, Applies: true, Effect: o.Effect, Needs: o.Needs},
			)
		}
	}
	return out
}
