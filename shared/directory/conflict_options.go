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

// The resolutions.
const (
	ByConnecting Resolution = "connect" // the holder becomes the resource that the provider asked for, see Approve
	ByReleasing  Resolution = "release" // the holder gives up the values, see Release
	ByDeleting   Resolution = "delete"  // the holder is deleted, see Conflicts.DeleteHolder
	ByDismissing Resolution = "dismiss" // the conflict is ignored, see Dismiss
)

// Option is a resolution of one conflict and whether it is available.
type Option struct {
	Resolution  Resolution
	Effect      string // what it does
	Needs       string // the fields of Replacement that Release requires, "" if none
	Unavailable string // why it is unavailable, "" if it is available
}

// Options returns all resolutions of a conflict. A later change may make one unavailable.
func (c Conflict) Options(t tenant.ID) []Option {
	all := []Option{
		{Resolution: ByConnecting, Effect: "the provider's next request takes over the " + c.HolderKind(t)},
		{
			Resolution: ByReleasing,
			Effect:     "the " + c.HolderKind(t) + " gives up the value that the provider asks for",
			Needs:      c.requiredReplacement(),
		},
		{Resolution: ByDeleting, Effect: "the " + c.HolderKind(t) + " is deleted with all its data"},
		{
			Resolution: ByDismissing,
			Effect:     "the conflict is hidden while the holder is the same; attempts are still counted",
		},
	}
	if c.Deactivated {
		all[1].Effect = "the deactivated user gives up the value that the provider asks for, " +
			"and keeps its id, groups and teams"
		all[2].Effect = "the deactivated user is deleted with all its data; its id and memberships are lost"
	}
	for i, o := range all {
		if err := c.checkResolution(o.Resolution, t); err != nil {
			all[i].Unavailable = err.Error()
		}
	}
	return all
}

// checkResolution returns why a resolution is unavailable for a conflict, nil if it is available.
func (c Conflict) checkResolution(by Resolution, t tenant.ID) error {
	if by == ByDismissing {
		return cmp.Or(c.checkNotClosed(), c.checkDismiss())
	}
	if c.State == ConflictFreed {
		return cannotResolve("the value is free already (%s)", c.Outcome)
	}
	if err := c.checkNotClosed(); err != nil {
		return err
	}
	holder := c.HolderKind(t)
	changeable := holder == "account" || holder == "team" || c.Deactivated
	switch {
	case by == ByConnecting:
		return c.checkConnect(t)
	case holder == "user" && !changeable:
		return cannotResolve(
			"user %s of the same tenant holds the value, and only a deactivated user can lose it here: "+
				"deactivate the user at the provider first, or remove the value there",
			c.Holder.ID,
		)
	case by == ByReleasing && !changeable:
		return refuseHolder(holder, "give up a value")
	case by == ByDeleting && !changeable:
		return refuseHolder(holder, "be deleted")
	}
	return nil
}

// refuseHolder returns the error for a holder that operators can neither change nor delete: a
// group of the tenant, or a user of another tenant.
func refuseHolder(holderKind, what string) error {
	holder := "a group of the same tenant"
	if holderKind == "elsewhere" {
		holder = "a user of another tenant"
	}
	return cannotResolve("%s holds the value; only an account, a team or a deactivated user can %s here", holder, what)
}

// requiredReplacement names the fields of Replacement that a release requires: a userName
// or displayName that is given up needs another one.
func (c Conflict) requiredReplacement() string {
	hasName := slices.ContainsFunc(c.Values, func(v TakenValue) bool { return v.Attribute != emailAttribute })
	switch {
	case !hasName:
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
		return cannotResolve("the conflict is already %s", c.Outcome)
	}
	return nil
}

// AsOf returns the conflict as of a time: with an expired approval it is open again.
func (c Conflict) AsOf(now time.Time) Conflict {
	if c.State == ConflictApproved && !now.Before(c.Approval.Until) {
		c.State, c.Outcome = ConflictOpen, "the approval of "+scim.FormatTime(
			c.Approval.Until.Add(-ApprovalLife),
		)+" has expired"
		c.Approval = Approval{}
	}
	return c
}
