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
	ByDeleting   Resolution = "delete"  // of who holds the values, see DeleteHolder
	ByDismissing Resolution = "dismiss" // nothing is done about it, see Dismiss
)

// Option is a way to resolve a conflict, and what keeps from it.
type Option struct {
	Resolution Resolution
	Effect     string // what it does
	Needs      string // of Replacement what Release must be given, "" if nothing
	Refused    string // why it can't be gone now, "" if it can
}

// Options are all ways to resolve a conflict of a tenant. What was changed since the
// conflict was read may refuse one all the same.
func (c Conflict) Options(t tenant.ID) []Option {
	all := []Option{
		{Resolution: ByConnecting, Effect: "the provider's next request takes over the " + c.HeldBy(t)},
		{Resolution: ByReleasing, Effect: "the " + c.HeldBy(t) + " gives up what was lost to it", Needs: c.needs()},
		{Resolution: ByDeleting, Effect: "the " + c.HeldBy(t) + " is deleted with all that it has"},
		{Resolution: ByDismissing, Effect: "the conflict is listed no more while the holder is the same; attempts are still counted"},
	}
	for i, check := range []func(tenant.ID) error{c.connectable, c.releasable, c.deletable, c.dismissible} {
		if err := cmp.Or(c.settled(all[i].Resolution), check(t)); err != nil {
			all[i].Refused = err.Error()
		}
	}
	return all
}

// settled returns why there is nothing more to decide in a way.
func (c Conflict) settled(by Resolution) error {
	if c.State == ConflictFreed && by != ByDismissing {
		return refused("the value is free: %s", c.Outcome)
	}
	return c.ended()
}

// needs says what a release must be given: a name that is lost needs another.
func (c Conflict) needs() string {
	names := slices.ContainsFunc(c.Values, func(v Taken) bool { return v.Attribute != emailAttribute })
	switch {
	case !names:
		return ""
	case c.Kind == GroupKind:
		return "displayName"
	case c.Username():
		return "userName"
	}
	return "userName or email"
}

// releasable returns why who holds the conflict's values can't give them up here, nil
// if it can.
func (c Conflict) releasable(t tenant.ID) error {
	if by := c.HeldBy(t); by != "account" && by != "team" {
		return refused("only an account or a team gives up a value here, and this one is held by: %s", by)
	}
	return nil
}

// deletable returns why who holds the conflict's values can't be deleted here, nil if
// it can.
func (c Conflict) deletable(t tenant.ID) error {
	if by := c.HeldBy(t); by != "account" && by != "team" {
		return refused("only an account or a team can be deleted here, and the value is held by: %s", by)
	}
	return nil
}

func (c Conflict) dismissible(tenant.ID) error {
	if c.State == ConflictDismissed {
		return refused("it is dismissed: %s", c.Outcome)
	}
	return nil
}

// AsOf returns the conflict as it stands at a time: an approval that has expired is
// none.
func (c Conflict) AsOf(now time.Time) Conflict {
	if c.State == ConflictApproved && !now.Before(c.Approval.Until) {
		c.State, c.Outcome = ConflictOpen, "the approval of "+scim.FormatTime(c.Approval.Until.Add(-ApprovalLife))+" has expired"
		c.Approval = Approval{}
	}
	return c
}
