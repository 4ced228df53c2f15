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

// RefusedError says why a conflict can't be resolved in the way that was asked for,
// and what to do instead.
type RefusedError struct{ Reason string }

// Error returns the reason.
func (e *RefusedError) Error() string { return e.Reason }

func refused(format string, args ...any) error { return &RefusedError{fmt.Sprintf(format, args...)} }

// Approve lets the provider's next POST connect the account that holds a conflict's
// email, or the team that holds its name: it becomes the SCIM user or group. by is
// who approves, holder the id of who is meant, "" for whoever holds the values. The
// errors are ErrNotFound, *RefusedError, ErrContention and ErrUnavailable.
func (t Conflicts) Approve(ctx context.Context, id ConflictID, by string, holder scim.ID) (Conflict, error) {
	return t.resolve(ctx, id, func(c *Conflict) error {
		if err := c.barred(ByConnecting, t.id); err != nil {
			return err
		}
		if holder != "" && c.Holder.ID != holder {
			return c.heldByAnother(holder, t.id)
		}
		holder, err := t.holder(ctx, *c)
		if err != nil {
			return err
		}
		c.State, c.Outcome = ConflictApproved, "the provider's next POST connects"
		c.Approval = Approval{holder.Version, by, t.d.instant().Add(ApprovalLife)}
		return nil
	})
}

// connectable returns why who holds the conflict's values can't become what the
// provider asked for, nil if it can.
func (c Conflict) connectable(t tenant.ID) error {
	switch by := c.HeldBy(t); {
	case by == "elsewhere":
		return refused("the value belongs to a user of tenant %s, which alone can give it up; give the user another value at the provider", c.Holder.Tenant)
	case by == "user" || by == "group":
		return refused("the value belongs to %s %s of the same tenant, which the provider manages itself: remove the value there, or assign another one", by, c.Holder.ID)
	case c.Resource != "":
		return refused("%s %s of the provider exists already, and two ids can't become one; release the value, or delete the %s that holds it", c.Kind, c.Resource, by)
	case c.Username():
		return refused("a username alone does not show that the account belongs to the same person; let the provider send another userName, " +
			"or change the userName of the account, then the provider's next attempt succeeds")
	}
	return nil
}

// AsHeld reads who holds a conflict's values, and returns the conflict as it stands with
// that: an approval of another version is none. The errors are *RefusedError if it no
// longer holds them, and ErrUnavailable.
func (t Conflicts) AsHeld(ctx context.Context, c Conflict) (Conflict, error) {
	holder, err := t.holder(ctx, c)
	c.Deactivated = c.HeldBy(t.id) == "user" && Deactivated(holder.Doc)
	if err == nil && c.State == ConflictApproved && c.Approval.Version != holder.Version {
		c.State, c.Outcome, c.Approval = ConflictOpen, outdatedApproval(c.HeldBy(t.id)), Approval{}
	}
	return c, err
}

// holder reads who holds the conflict's values, if it still holds all of them.
func (t Conflicts) holder(ctx context.Context, c Conflict) (r Resource, err error) {
	of := t.d.namespace(c.Holder.Tenant)
	item, err := of.get(ctx, c.Holder.Kind, c.Holder.ID)
	if errors.Is(err, ErrNotFound) {
		return r, t.givenUp(ctx, c, "who held the value has gone")
	}
	if err != nil {
		return r, err
	}
	if r, err = resourceFrom(item); err != nil {
		return r, err
	}
	if len(without(of.conflicts().claimsAbout(c.Values), of.claimsOf(c.Holder.Kind, r.Doc))) > 0 {
		return r, t.givenUp(ctx, c, fmt.Sprintf("%s %s has given up what was lost", c.HeldBy(t.id), c.Holder.ID))
	}
	return r, nil
}

// givenUp says what follows from the holder having changed: nobody may hold the values
// now, or somebody else, or the holder some of them.
func (t Conflicts) givenUp(ctx context.Context, c Conflict, how string) error {
	err := t.checkFree(ctx, t.claimsAbout(c.Values), c.Resource)
	if _, held := errors.AsType[*TakenError](err); held {
		return refused("%s, but some of it is still in use; the provider's next attempt fails, and notes by whom", how)
	}
	return cmp.Or(err, refused("%s; %s", how, nextSucceeds))
}

const nextSucceeds = "the provider's next attempt succeeds"

func (c Conflict) heldByAnother(than scim.ID, t tenant.ID) error {
	return refused("the value is held by %s %s, not by %s", c.HeldBy(t), c.Holder.ID, than)
}

// claimsAbout returns the claims on values.
func (t Conflicts) claimsAbout(values []Taken) (list []claim) {
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
		if err := c.ended(); err != nil {
			return err
		}
		old := c
		if err := decide(&c); err != nil {
			return err
		}
		return moved(t.d.db.Transact(ctx, func(table.Stamp) []table.Write {
			set := table.Item{
				"state": string(c.State), "outcome": c.Outcome,
				"approvedVersion": c.Approval.Version, "approvedBy": c.Approval.By, "approvedUntil": table.Seconds(c.Approval.Until),
			}
			return []table.Write{table.Update(t.keys.conflict(id), set).WithCondition(old.asRead())}
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
	if err == nil && c.HeldBy(t.id) == "user" && c.State != ConflictFreed && c.State != ConflictClosed {
		c, err = t.AsHeld(ctx, c)
	}
	if err == nil {
		err = c.barred(ByReleasing, t.id)
	}
	if err == nil {
		err = t.release(ctx, c, with)
	}
	if err != nil {
		return c, err
	}
	return t.freed(ctx, c, "released")
}

// ended returns that a conflict is closed if it is.
func (c Conflict) ended() error {
	if c.State != ConflictClosed {
		return nil
	}
	return refused("the conflict is closed: %s", c.Outcome)
}

// DeleteHolder deletes the account, team or deactivated user that holds a conflict's
// values, if it is the one of an id and is not changed meanwhile. The errors are those of Approve.
func (t Conflicts) DeleteHolder(ctx context.Context, id ConflictID, holder scim.ID) (Conflict, error) {
	c, err := t.Get(ctx, id)
	if err != nil {
		return c, err
	}
	read, unread := t.holder(ctx, c)
	c.Deactivated = c.HeldBy(t.id) == "user" && Deactivated(read.Doc)
	if err := c.barred(ByDeleting, t.id); err != nil {
		return c, err
	}
	if c.Holder.ID != holder {
		return c, c.heldByAnother(holder, t.id)
	}
	if unread != nil {
		return c, unread
	}
	by := c.HeldBy(t.id)
	switch err := t.d.namespace(c.Holder.Tenant).delete(ctx, c.Holder.Kind, c.Holder.ID, func(v int64) bool { return v == read.Version }); {
	case errors.Is(err, ErrVersion):
		return c, refused("the %s was changed just now; look at it again", by)
	case err != nil && !errors.Is(err, ErrNotFound):
		return c, err
	}
	return t.freed(ctx, c, "the "+by+" was deleted")
}

// freed notes that the values of a conflict are free, unless others hold them by now,
// or a request has closed the conflict meanwhile.
func (t Conflicts) freed(ctx context.Context, read Conflict, how string) (Conflict, error) {
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
