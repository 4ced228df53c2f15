package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// ResolutionError says why a conflict can't be resolved in the way that was asked for,
// and what to do instead.
type ResolutionError struct{ Reason string }

// Error returns the reason.
func (e *ResolutionError) Error() string { return e.Reason }

func cannotResolve(format string, args ...any) error {
	return &ResolutionError{fmt.Sprintf(format, args...)}
}

// Approve lets the provider's next POST connect the account that holds a conflict's
// email, or the team that holds its name: it becomes the SCIM user or group. by is
// who approves, holder the id of who is meant, "" for whoever holds the values. The
// errors are ErrNotFound, *ResolutionError, ErrContention and ErrUnavailable.
func (t Conflicts) Approve(ctx context.Context, id ConflictID, by string, holder scim.ID) (Conflict, error) {
	return t.resolve(ctx, id, func(c *Conflict) error {
		if err := c.checkResolution(ByConnecting, t.id); err != nil {
			return err
		}
		if holder != "" && c.Holder.ID != holder {
			return c.heldByAnother(holder, t.id)
		}
		holder, err := t.currentHolder(ctx, *c)
		if err != nil {
			return err
		}
		c.State, c.Outcome = ConflictApproved, "the provider's next POST connects"
		c.Approval = Approval{holder.Version, by, t.d.instant().Add(ApprovalLife)}
		return nil
	})
}

// checkConnect returns why who holds the conflict's values can't become what the
// provider asked for, nil if it can.
func (c Conflict) checkConnect(t tenant.ID) error {
	switch by := c.HolderKind(t); {
	case by == "elsewhere":
		return cannotResolve(
			"the value belongs to a user of tenant %s, which alone can give it up; give the user another value at "+
				"the provider",
			c.Holder.Tenant,
		)
	case by == "user" || by == "group":
		return cannotResolve(
			"the value belongs to %s %s of the same tenant, which the provider manages itself: remove the value "+
				"there, or assign another one",
			by,
			c.Holder.ID,
		)
	case c.Resource != "":
		return cannotResolve(
			"%s %s of the provider exists already, and two ids can't become one; release the value, or delete the "+
				"%s that holds it",
			c.Kind,
			c.Resource,
			by,
		)
	case c.WithoutEmail():
		return cannotResolve(
			"a username alone does not show that the account belongs to the same person; let the provider send " +
				"another userName, or change the userName of the account, then the provider's next attempt succeeds",
		)
	}
	return nil
}

// Refresh reads who holds a conflict's values, and returns the conflict as it stands with
// that: an approval of another version is none. The errors are *ResolutionError if it no
// longer holds them, and ErrUnavailable.
func (t Conflicts) Refresh(ctx context.Context, c Conflict) (Conflict, error) {
	holder, err := t.currentHolder(ctx, c)
	c.Deactivated = c.HolderKind(t.id) == "user" && Deactivated(holder.Doc)
	if err == nil && c.State == ConflictApproved && c.Approval.Version != holder.Version {
		c.State, c.Outcome, c.Approval = ConflictOpen, outdatedApproval(c.HolderKind(t.id)), Approval{}
	}
	return c, err
}

// currentHolder reads who holds the conflict's values, if it still holds all of them.
func (t Conflicts) currentHolder(ctx context.Context, c Conflict) (r Resource, err error) {
	of := t.d.namespace(c.Holder.Tenant)
	item, err := of.get(ctx, c.Holder.Kind, c.Holder.ID)
	if errors.Is(err, ErrNotFound) {
		return r, t.holderChanged(ctx, c, "who held the value has gone")
	}
	if err != nil {
		return r, err
	}
	if r, err = resourceFrom(item); err != nil {
		return r, err
	}
	if len(without(of.conflicts().claimsOn(c.Values), of.claimsOf(c.Holder.Kind, r.Doc))) > 0 {
		return r, t.holderChanged(
			ctx,
			c,
			fmt.Sprintf("%s %s has given up what was lost", c.HolderKind(t.id), c.Holder.ID),
		)
	}
	return r, nil
}

// holderChanged says what follows from the holder having changed: nobody may hold the values
// now, or somebody else, or the holder some of them.
func (t Conflicts) holderChanged(ctx context.Context, c Conflict, how string) error {
	err := t.checkFree(ctx, t.claimsOn(c.Values), c.Resource)
	if _, held := errors.AsType[*TakenError](err); held {
		return cannotResolve(
			"%s, but some of it is still in use; the provider's next attempt fails, and notes by whom",
			how,
		)
	}
	return cmp.Or(err, cannotResolve("%s; %s", how, nextSucceeds))
}

const nextSucceeds = "the provider's next attempt succeeds"

func (c Conflict) heldByAnother(than scim.ID, t tenant.ID) error {
	return cannotResolve("the value is held by %s %s, not by %s", c.HolderKind(t), c.Holder.ID, than)
}

// claimsOn returns the claims on values.
func (t Conflicts) claimsOn(values []TakenValue) (list []claim) {
	for _, v := range values {
		switch v.Attribute {
		case emailAttribute:
			list = t.addClaim(list, "EMAIL", v)
		case "userName":
			list = t.addClaim(list, "USERNAME", v)
		default:
			list = append(list, claim{v, t.keys.groupName(scim.Fold(v.Value))})
		}
	}
	return list
}

// Dismiss takes a conflict out of the way without resolving it. It is still counted.
// The errors are those of Approve.
func (t Conflicts) Dismiss(ctx context.Context, id ConflictID, by string) (Conflict, error) {
	return t.resolve(ctx, id, func(c *Conflict) error {
		c.State, c.Outcome, c.Approval = ConflictDismissed, "dismissed by "+by, Approval{}
		return nil
	})
}

// resolve lets decide change the state of a conflict that is not closed, and stores
// that if neither state nor holder has moved meanwhile; otherwise it decides anew.
func (t Conflicts) resolve(ctx context.Context, id ConflictID, decide func(*Conflict) error) (c Conflict, err error) {
	err = table.RetryIfChanged(ctx, func() error {
		if c, err = t.Get(ctx, id); err != nil {
			return err
		}
		if err := c.checkNotClosed(); err != nil {
			return err
		}
		old := c
		if err := decide(&c); err != nil {
			return err
		}
		return asItemChanged(t.d.db.Transact(ctx, func(table.Stamp) []table.Write {
			set := table.Item{
				"state": string(c.State), "outcome": c.Outcome,
				"approvedVersion": c.Approval.Version, "approvedBy": c.Approval.By,
				"approvedUntil": table.Seconds(c.Approval.Until),
			}
			return []table.Write{table.Update(t.keys.conflict(id), set).WithCondition(old.unchanged())}
		}))
	})
	return c, err
}

// Replacement is what the holder of a conflict's values gets in their place. An email
// may be left out; a username and a name may not.
type Replacement struct{ UserName, Email, DisplayName string }

// Release takes the values of a conflict away from the account, team or deactivated
// user that holds them, so that the provider's next attempt succeeds. Where the username goes with the
// email, because they were the same, a new email stands for both. The errors are
// *TakenError for the replacement and those of Approve.
func (t Conflicts) Release(ctx context.Context, id ConflictID, with Replacement) (Conflict, error) {
	c, err := t.Get(ctx, id)
	if err == nil && c.HolderKind(t.id) == "user" && c.State != ConflictFreed && c.State != ConflictClosed {
		c, err = t.Refresh(ctx, c)
	}
	if err == nil {
		err = c.checkResolution(ByReleasing, t.id)
	}
	if err == nil {
		err = t.release(ctx, c, with)
	}
	if err != nil {
		return c, err
	}
	return t.markFreed(ctx, c, "released")
}

// checkNotClosed returns that a conflict is closed if it is.
func (c Conflict) checkNotClosed() error {
	if c.State != ConflictClosed {
		return nil
	}
	return cannotResolve("the conflict is closed: %s", c.Outcome)
}

// DeleteHolder deletes the account, team or deactivated user that holds a conflict's
// values, if it is the one of an id and is not changed meanwhile. The errors are those of Approve.
func (t Conflicts) DeleteHolder(ctx context.Context, id ConflictID, holder scim.ID) (Conflict, error) {
	c, err := t.Get(ctx, id)
	if err != nil {
		return c, err
	}
	read, unread := t.currentHolder(ctx, c)
	c.Deactivated = c.HolderKind(t.id) == "user" && Deactivated(read.Doc)
	if err := c.checkResolution(ByDeleting, t.id); err != nil {
		return c, err
	}
	if c.Holder.ID != holder {
		return c, c.heldByAnother(holder, t.id)
	}
	if unread != nil {
		return c, unread
	}
	by := c.HolderKind(t.id)
	unchanged := func(v int64) bool { return v == read.Version }
	switch err := t.d.namespace(c.Holder.Tenant).delete(ctx, c.Holder.Kind, c.Holder.ID, unchanged); {
	case errors.Is(err, ErrVersion):
		return c, cannotResolve("the %s was changed just now; look at it again", by)
	case err != nil && !errors.Is(err, ErrNotFound):
		return c, err
	}
	return t.markFreed(ctx, c, "the "+by+" was deleted")
}

// markFreed notes that the values of a conflict are free, unless others hold them by now,
// or a request has closed the conflict meanwhile.
func (t Conflicts) markFreed(ctx context.Context, read Conflict, how string) (Conflict, error) {
	c, err := t.resolve(ctx, read.ID, func(c *Conflict) error {
		if c.Holder == read.Holder {
			c.State, c.Outcome, c.Approval = ConflictFreed, how+"; "+nextSucceeds, Approval{}
		}
		return nil
	})
	if c.State == ConflictClosed {
		return c, nil
	}
	return c, err
}
