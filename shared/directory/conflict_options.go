package directory

import (
	"cmp"
	"slices"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Resolution is a way to resolve a conflict.
type Resolution string

// The ways.
const (
	ByConnecting Resolution = "connect" // who holds the values becomes what the provider asked for, see Approve
	ByReleasing  Resolution = "release" // who holds the values gives them up, see Release
	ByDeleting   Resolution = "delete"  // of who holds the values, see Conflicts.DeleteHolder
	ByDismissing Resolution = "dismiss" // nothing is done about it, see Dismiss
)

// Option is a way to resolve a conflict, and what keeps from it.
type Option struct {
	Resolution  Resolution
	Effect      string // what it does
	Needs       string // of Replacement what Release must be given, "" if nothing
	Unavailable string // why it is unavailable, "" if it is available
}

// Options are all ways to resolve a conflict of a tenant. What was changed since the
// conflict was read may refuse one all the same.
func (c Conflict) Options(t tenant.ID) []Option {
	all := []Option{
		{Resolution: ByConnecting, Effect: "the provider's next request takes over the " + c.HolderKind(t)},
		{
			Resolution: ByReleasing,
			Effect:     "the " + c.HolderKind(t) + " gives up what was lost to it",
			Needs:      c.requiredReplacement(),
		},
		{Resolution: ByDeleting, Effect: "the " + c.HolderKind(t) + " is deleted with all that it has"},
		{
			Resolution: ByDismissing,
			Effect:     "the conflict is listed no more while the holder is the same; attempts are still counted",
		},
	}
	if c.Deactivated {
		all[1].Effect = "the deactivated user gives up what was lost to it, and keeps its id, groups and teams"
		all[2].Effect = "the deactivated user is deleted with its id, memberships and all other data"
	}
	for i, o := range all {
		if err := c.checkResolution(o.Resolution, t); err != nil {
			all[i].Unavailable = err.Error()
		}
	}
	return all
}

// checkResolution returns why a conflict as it was read can't be resolved in a way, nil if it
// can.
func (c Conflict) checkResolution(by Resolution, t tenant.ID) error {
	if by == ByDismissing {
		return cmp.Or(c.checkNotClosed(), c.checkDismiss())
	}
	if c.State == ConflictFreed {
		return cannotResolve("the value is free: %s", c.Outcome)
	}
	if err := c.checkNotClosed(); err != nil {
		return err
	}
	holder := c.HolderKind(t)
	operated := holder == "account" || holder == "team" || c.Deactivated
	switch {
	case by == ByConnecting:
		return c.checkConnect(t)
	case holder == "user" && !operated:
		return cannotResolve(
			"user %s of the same tenant holds the value, and only a deactivated user can lose it here: "+
				"deactivate the user at the provider first, or remove the value there",
			c.Holder.ID,
		)
	case by == ByReleasing && !operated:
		return cannotResolve("only an account or a team gives up a value here, and this one is held by: %s", holder)
	case by == ByDeleting && !operated:
		return cannotResolve("only an account or a team can be deleted here, and the value is held by: %s", holder)
	}
	return nil
}

// requiredReplacement says what a release must be given: a name that is lost needs another.
func (c Conflict) requiredReplacement() string {
	names := slices.ContainsFunc(c.Values, func(v TakenValue) bool { return v.Attribute != emailAttribute })
	switch {
	case !names:
		return ""
	case c.Kind == GroupKind:
		return "displayName"
	case c.WithoutEmail():
		return "userName"
	}
	return "userName or email"
}

func (c Conflict) checkDismiss() error {
	if c.State == ConflictDismissed {
		return cannotResolve("it is dismissed: %s", c.Outcome)
	}
	return nil
}

// AsOf returns the conflict as it stands at a time: an approval that has expired is
// none.
func (c Conflict) AsOf(now time.Time) Conflict {
	if c.State == ConflictApproved && !now.Before(c.Approval.Until) {
		c.State, c.Outcome = ConflictOpen, "the approval of "+scim.FormatTime(
			c.Approval.Until.Add(-ApprovalLife),
		)+" has expired"
		c.Approval = Approval{}
	}
	return c
}
