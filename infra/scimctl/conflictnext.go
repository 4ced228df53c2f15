package main

import (
	"fmt"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
)

// retry is how administrators have their providers try again.
const retry = "Providers try again by themselves: Entra ID within 40 minutes and less often after repeated errors (or Provision on demand), " +
	"Okta when told to (Dashboard > Tasks > Retry selected, or assign the user or push the group again)."

// next says in a sentence or two what happens next with a conflict.
func next(tenant string, c admin.Conflict) string {
	name := fmt.Sprintf("%s %s", tenant, c.ID)
	switch c.State {
	case directory.ConflictApproved:
		return fmt.Sprintf("The next attempt of the provider connects the %s: it becomes the %s of the tenant under the id %s, with what the provider sends. "+
			"This holds until %s, as long as the %s is not changed.\n%s", c.HeldBy, c.Of, c.Holder.ID, moment(&c.Approval.Until), c.HeldBy, retry)
	case directory.ConflictFreed:
		return "The value is free: the next attempt of the provider succeeds, and closes the conflict.\n" + retry
	case directory.ConflictDismissed:
		return "It is listed with -state dismissed only, until another holds the value. Attempts still fail and are counted."
	case directory.ConflictClosed:
		return "Nothing is left to do: " + c.Outcome + "."
	}
	ways := verbs(c)
	if c.Now != nil && !c.Now.Holds {
		return "The next attempt of the provider succeeds, and closes the conflict.\n" + retry
	}
	if len(ways) == 1 && ways[0] == string(directory.ByDismissing) {
		return "It is solved at the identity provider: see the reasons. To hear no more of it: scimctl conflict dismiss " + name
	}
	for i, way := range ways {
		ways[i] = "scimctl conflict " + way + " " + name
	}
	return "Attempts fail until somebody decides:\n  " + strings.Join(ways, "\n  ")
}
