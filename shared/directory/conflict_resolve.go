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

// ResolutionError says why a conflict can't be resolved in the requested way, and what to
// do instead.
type ResolutionError struct{ Reason string }

// Error returns the reason.
func (e *ResolutionError) Error() string { return e.Reason }

func cannotResolve(format string, args ...any) error {
	return &ResolutionError{fmt.Sprintf(format, args...)}
}

// Approve lets the provider's next POST connect the account that holds a conflict's email,
// or the team that holds its name: it becomes the SCIM user or group. by is the name of
// the approver. holder is the id of the expected holder, or "" for any. The errors are
// ErrNotFound, *ResolutionError, ErrContention and ErrUnavailable.
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
		c.State, c.Outcome = ConflictApproved, "the provider's next POST connects it"
		c.Approval = Approval{holder.Version, by, t.d.instant().Add(ApprovalLife)}
		return nil
	})
}

// checkConnect returns why the holder can't become the resource that the provider asked
// for, nil if it can.
func (c Conflict) checkConnect(t tenant.ID) error {
	switch holder := c.HolderKind(t); {
	case holder == "elsewhere":
		return cannotResolve(
			"the value belongs to a user of tenant %s, and only that tenant can give it up; "+
				"give the user another value at the provider",
			c.Holder.Tenant,
		)
	case holder == "user" || holder == "group":
		return cannotResolve(
			"the value belongs to %s %s of the same tenant, which the provider manages itself: remove the value "+
				"there, or assign another one",
			holder,
			c.Holder.ID,
		)
	case c.Resource != "":
		return cannotResolve(
			"the provider's %s %s exists already, and two ids can't become one; release the value, or delete the "+
				"%s that holds it",
			c.Kind,
			c.Resource,
			holder,
		)
	case c.WithoutEmail():
		return cannotResolve(
			"a username alone does not show that the account belongs to the same person; let the provider send " +
				"another userName, or change the userName of the account, then the provider's next attempt succeeds",
		)
	}
	return nil
}

// Refresh reads the holder of a conflict and returns the conflict as it is now: it sets
// Deactivated, and an approval is void if the holder has changed since. It stores nothing.
// The error is a *ResolutionError if the holder no longer has all the values, or
// ErrUnavailable.
func (t Conflicts) Refresh(ctx context.Context, c Conflict) (Conflict, error) {
	holder, err := t.currentHolder(ctx, c)
	c.Deactivated = c.HolderKind(t.id) == "user" && Deactivated(holder.Doc)
	if err == nil && c.State == ConflictApproved && c.Approval.Version != holder.Version {
		c.State, c.Outcome, c.Approval = ConflictOpen, outdatedApproval(c.HolderKind(t.id)), Approval{}
	}
	return c, err
}

// currentHolder reads the holder of the conflict, if it still has all the values.
func (t Conflicts) currentHolder(ctx context.Context, c Conflict) (r Resource, err error) {
	of := t.d.namespace(c.Holder.Tenant)
	item, err := of.get(ctx, c.Holder.Kind, c.Holder.ID)
	if errors.Is(err, ErrNotFound) {
		return r, t.holderChanged(ctx, c, "the holder of the value was deleted")
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
			fmt.Sprintf("%s %s no longer has the value", c.HolderKind(t.id), c.Holder.ID),
		)
	}
	return r, nil
}

// holderChanged returns a *ResolutionError for a holder that has changed. It says whether the
// provider's next attempt succeeds: the values are free now, or some of them are still held.
func (t Conflicts) holderChanged(ctx context.Context, c Conflict, how string) error {
	err := t.checkFree(ctx, t.claimsOn(c.Values), c.Resource)
	if _, held := errors.AsType[*TakenError](err); held {
		return cannotResolve(
			"%s, but some of the values are still in use; the provider's next attempt fails, and records the holder",
			how,
		)
	}
	return cmp.Or(err, cannotResolve("%s; %s", how, nextSucceeds))
}

const nextSucceeds = "the provider's next attempt succeeds"

func (c Conflict) heldByAnother(than scim.ID, t tenant.ID) error {
	return cannotResolve("the value is held by %s %s, not by %s", c.HolderKind(t), c.Holder.ID, than)
}

// claimsOn returns the claims on the values of a conflict.
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

// Dismiss hides a conflict without resolving it. Further attempts are still counted. The
// errors are those of Approve.
func (t Conflicts) Dismiss(ctx context.Context, id ConflictID, by string) (Conflict, error) {
	return t.resolve(ctx, id, func(c *Conflict) error {
		c.State, c.Outcome, c.Approval = ConflictDismissed, "dismissed by "+by, Approval{}
		return nil
	})
}

// resolve lets decide change the state of a conflict that is not closed, and stores the
// result. If the state or the holder has changed meanwhile, it reads the conflict and calls
// decide again.
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

// Replacement has the values that the holder of a conflict gets instead. An email is
// optional; a username or displayName that is given up needs a replacement.
type Replacement struct{ UserName, Email, DisplayName string }

// Release removes the values of a conflict from the account, team or deactivated user that
// holds them, so that the provider's next attempt succeeds. If username and email are the
// same, a new email replaces both. The errors are *TakenError for the replacement and
// those of Approve.
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

// checkNotClosed returns an error if the conflict is closed.
func (c Conflict) checkNotClosed() error {
	if c.State != ConflictClosed {
		return nil
	}
	return cannotResolve("the conflict is closed: %s", c.Outcome)
}

// DeleteHolder deletes the account, team or deactivated user that holds a conflict's
// values, if it has the expected id and does not change meanwhile. The errors are those of
// Approve.
func (t Conflicts) DeleteHolder(ctx context.Context, id ConflictID, holder scim.ID) (Conflict, error) {
	c, err := t.Get(ctx, id)
	if err != nil {
		return c, err
	}
	current, readErr := t.currentHolder(ctx, c)
	c.Deactivated = c.HolderKind(t.id) == "user" && Deactivated(current.Doc)
	if err := c.checkResolution(ByDeleting, t.id); err != nil {
		return c, err
	}
	if c.Holder.ID != holder {
		return c, c.heldByAnother(holder, t.id)
	}
	if readErr != nil {
		return c, readErr
	}
	kind := c.HolderKind(t.id)
	unchanged := func(v int64) bool { return v == current.Version }
	switch err := t.d.namespace(c.Holder.Tenant).delete(ctx, c.Holder.Kind, c.Holder.ID, unchanged); {
	case errors.Is(err, ErrVersion):
		return c, cannotResolve("the %s was changed just now; look at it again", kind)
	case err != nil && !errors.Is(err, ErrNotFound):
		return c, err
	}
	return t.markFreed(ctx, c, "the "+kind+" was deleted")
}

// markFreed records that the values of a conflict are free, unless another resource has
// taken them, or a request has closed the conflict meanwhile.
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
