package main

import (
	"fmt"
	"io"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// retry is how administrators have their providers try again.
const retry = "Entra ID tries again by itself within 40 minutes, less often after repeated errors, or at once by Provision on demand; " +
	"Okta when told to: Dashboard > Tasks > Retry Selected (group: Push Groups > Retry All Groups)."

// success is what comes of a value that is free.
const success = "the next attempt of the provider succeeds and closes the conflict, unless others hold something else that it asks for."

// advise says what happens next with a conflict.
func advise(w io.Writer, tenant string, c admin.Conflict) {
	for _, line := range next(tenant, c) {
		row(w, line)
	}
}

// next is what happens next with a conflict, line by line.
func next(tenant string, c admin.Conflict) []string {
	switch c.State {
	case directory.ConflictApproved:
		return []string{fmt.Sprintf("The next attempt of the provider connects %s: it becomes the %s of tenant %s under that id, with what the provider sends. "+
			"This holds until %s, as long as the %s is not changed and nothing else that the request asks for is held by others.",
			holder(c), c.Of, tenant, moment(&c.Approval.Until), c.HeldBy), retry}
	case directory.ConflictFreed:
		return []string{"The value is free: " + success, retry}
	case directory.ConflictDismissed:
		return []string{"It is listed with -state dismissed only, until another holds the value. Attempts still fail and are counted."}
	case directory.ConflictClosed:
		return []string{"Nothing is left to do."}
	}
	if c.Now != nil && !c.Now.Holds {
		return []string{"The value is free: " + success, retry}
	}
	lines := decisions(tenant+" "+string(c.ID), c)
	if cameBack(c) {
		lines = append(lines, "The user is deactivated. If it is the same person, it comes back with the same id when the identity provider activates it; or, unless the externalId is another one, by the next create after: scimctl tenant update "+tenant+" -reactivate")
	}
	return lines
}

// cameBack reports whether the provider creates a user whom it has deactivated.
func cameBack(c admin.Conflict) bool {
	return c.HeldBy == "user" && c.Resource == "" && c.Now != nil && c.Now.Deactivated && scim.Fold(c.Name) == scim.Fold(c.Now.Name)
}

// decisions are the commands that resolve an open conflict.
func decisions(name string, c admin.Conflict) []string {
	ways := verbs(c)
	if len(ways) == 1 && ways[0] == string(directory.ByDismissing) {
		return []string{"It is solved at the identity provider: see the reasons. To hear no more of it: scimctl conflict dismiss " + name}
	}
	lines := []string{"Attempts fail until somebody decides:"}
	for _, way := range ways {
		line := "  scimctl conflict " + way + " " + name
		if needs := optionOf(c, directory.Resolution(way)).Needs; needs != "" {
			line += " " + strings.Join(flagsOf(needs), " NEW, or ") + " NEW"
		}
		if way == string(directory.ByConnecting) { // whom the operator has just read of
			line += " -holder " + string(c.Holder.ID)
		}
		lines = append(lines, line)
	}
	return lines
}
