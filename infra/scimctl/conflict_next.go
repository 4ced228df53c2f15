package main

import (
	"fmt"
	"io"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// howToRetry says how administrators make their providers try again.
const howToRetry = "Entra ID tries again by itself within 40 minutes, less often after repeated errors, " +
	"or at once by Provision on demand; Okta when told to: " +
	"Dashboard > Tasks > Retry Selected (group: Push Groups > Retry All Groups)."

// valueIsFree says what happens once nobody holds the value.
const valueIsFree = "The value is free: the next attempt of the provider succeeds and closes the conflict, " +
	"unless it asks for something else that is in use."

// printNextSteps says what happens next with a conflict, and what the operator can do.
func printNextSteps(w io.Writer, tenant string, c admin.Conflict) {
	for _, line := range nextSteps(tenant, c) {
		row(w, line)
	}
}

func nextSteps(tenant string, c admin.Conflict) []string {
	switch c.State {
	case directory.ConflictApproved:
		return []string{fmt.Sprintf("The next attempt of the provider connects %s: it becomes the %s of tenant %s "+
			"under that id, with what the provider sends. The approval is valid until %s, unless the %s changes "+
			"or the request asks for something else that is in use.",
			describeHolder(c), c.Of, tenant, formatTime(&c.Approval.Until), c.HeldBy), howToRetry}
	case directory.ConflictFreed:
		return []string{valueIsFree, howToRetry}
	case directory.ConflictDismissed:
		return []string{"It is listed with -state dismissed only, until the value has another holder. " +
			"Attempts still fail and are counted."}
	case directory.ConflictClosed:
		return []string{"The conflict is closed: there is nothing to do."}
	}
	if c.Now != nil && !c.Now.Holds {
		return []string{valueIsFree, howToRetry}
	}
	lines := resolutionCommands(tenant+" "+string(c.ID), c)
	if isReturningUser(c) {
		lines = append(lines, "The user is deactivated. If it is the same person, it comes back with the same id "+
			"when the identity provider activates it; or, unless the externalId is another one, "+
			"by the next create after: scimctl tenant update "+tenant+" -reactivate")
	}
	return lines
}

// isReturningUser reports whether the provider creates a user that it has deactivated.
func isReturningUser(c admin.Conflict) bool {
	isCreate := c.HeldBy == "user" && c.Resource == ""
	return isCreate && c.Now != nil && c.Now.Deactivated && scim.Fold(c.Name) == scim.Fold(c.Now.Name)
}

// resolutionCommands are the commands that resolve an open conflict.
func resolutionCommands(tenantAndID string, c admin.Conflict) []string {
	ways := resolutions(c)
	if len(ways) == 1 && ways[0] == string(directory.ByDismissing) {
		return []string{"Resolve it at the identity provider: see the reasons above. " +
			"To hide it from the list: scimctl conflict dismiss " + tenantAndID}
	}
	lines := []string{"Attempts fail until you choose one of:"}
	for _, way := range ways {
		line := "  scimctl conflict " + way + " " + tenantAndID
		if needs := optionOf(c, directory.Resolution(way)).Needs; needs != "" {
			line += " " + strings.Join(releaseFlags(needs), " NEW, or ") + " NEW"
		}
		if way == string(directory.ByConnecting) { // the holder that the operator has just seen
			line += " -holder " + string(c.Holder.ID)
		}
		lines = append(lines, line)
	}
	return lines
}
