package admin

import (
	"context"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// ConflictFilter tells which conflicts are listed: those in a state, all, or, if it
// is empty, those that somebody may have to do something about.
type ConflictFilter string

const allConflicts ConflictFilter = "all"

func (f ConflictFilter) valid() bool {
	switch directory.ConflictState(f) {
	case directory.ConflictOpen, directory.ConflictApproved, directory.ConflictFreed, directory.ConflictDismissed, directory.ConflictClosed:
		return true
	}
	return f == "" || f == allConflicts
}

func (f ConflictFilter) takes(s directory.ConflictState) bool {
	switch f {
	case allConflicts:
		return true
	case "":
		return s != directory.ConflictDismissed && s != directory.ConflictClosed
	}
	return s == directory.ConflictState(f)
}

// conflictPages is how many pages one answer looks through for conflicts in a state.
const conflictPages = 10

// Conflicts shows a page of a tenant's conflicts.
func (s *Service) Conflicts(ctx context.Context, id tenant.ID, f ConflictFilter, after directory.ConflictID, limit int) (ConflictList, error) {
	out := ConflictList{Conflicts: []Conflict{}, Next: after}
	if !f.valid() {
		return out, invalid("state %q is none of open, approved, freed, dismissed, closed, all", f)
	}
	if err := s.exists(ctx, id); err != nil {
		return out, err
	}
	for range conflictPages {
		page, next, err := s.Directory.For(id).Conflicts().List(ctx, out.Next, maxPage)
		if err != nil {
			return out, err
		}
		out.Next = next
		if s.pick(&out, id, page, f, limit) || next == "" {
			break
		}
	}
	return out, nil
}

// pick adds those of a page that a filter takes, and reports whether the list is full:
// then it goes on behind the last one.
func (s *Service) pick(to *ConflictList, id tenant.ID, page []directory.Conflict, f ConflictFilter, limit int) bool {
	for i, c := range page {
		if c = c.AsOf(s.Now()); !f.takes(c.State) {
			continue
		}
		to.Conflicts = append(to.Conflicts, shownConflict(id, c))
		if len(to.Conflicts) == limit {
			if i < len(page)-1 {
				to.Next = c.ID
			}
			return true
		}
	}
	return false
}

// Conflict shows a conflict, and, unless it is closed, how it stands with who holds its
// values.
func (s *Service) Conflict(ctx context.Context, id tenant.ID, conflict directory.ConflictID) (Conflict, error) {
	if err := s.exists(ctx, id); err != nil {
		return Conflict{}, err
	}
	c, err := s.Directory.For(id).Conflicts().Get(ctx, conflict)
	if err != nil {
		return Conflict{}, err
	}
	if c = c.AsOf(s.Now()); c.State == directory.ConflictClosed {
		return shownConflict(id, c), nil
	}
	c, now, err := s.holder(ctx, id, c)
	out := shownConflict(id, c)
	if out.Now = now; !now.Holds {
		out.withdraw(now.Reason)
	}
	return out, err
}

// withdraw says of all ways that act on the holder why they do not apply.
func (c *Conflict) withdraw(reason string) {
	for i, o := range c.Can {
		if o.Applies && o.Verb != directory.ByDismissing {
			c.Can[i] = ConflictOption{Verb: o.Verb, Reason: reason}
		}
	}
}

func word(k directory.Kind) string { return strings.ToLower(string(k)) }

func shownConflict(t tenant.ID, c directory.Conflict) Conflict {
	out := Conflict{
		ID: c.ID, Of: word(c.Kind), HeldBy: c.HolderKind(t), Holder: ConflictHolder{word(c.Holder.Kind), c.Holder.ID, c.Holder.Tenant},
		Name: c.Name, ExternalID: c.ExternalID, Resource: c.Resource, Attempts: c.Attempts, First: c.First, Last: c.Last,
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
			out.Can = append(out.Can, ConflictOption{Verb: o.Resolution, Applies: true, Effect: o.Effect, Needs: o.Needs})
		}
	}
	return out
}
