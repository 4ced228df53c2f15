package main

import (
	"io"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/directory"
)

// printNextSteps says what happens next with a conflict, and what the operator can do.
func (s *session) printNextSteps(w io.Writer, tenant string, c admin.Conflict) {
	for _, line := range nextSteps(tenant, c) {
		row(w, s.hint(line))
	}
}

func nextSteps(tenant string, c admin.Conflict) []string {
	if lines := wording.ConflictOutlook(tenant, c); lines != nil {
		return lines
	}
	if c.State == directory.ConflictDismissed {
		return []string{"It is listed with -state dismissed only, until the value has another holder. " +
			"Attempts still fail and are counted."}
	}
	lines := resolutionCommands(tenant+" "+string(c.ID), c)
	if wording.IsReturningUser(c) {
		lines = append(lines, wording.ReturningUser+": scimctl tenant update "+tenant+" -reactivate")
	}
	return lines
}

// resolutionCommands are the commands that resolve an open conflict.
func resolutionCommands(tenantAndID string, c admin.Conflict) []string {
	ways, hide := resolutions(c), "To hide it from the list: scimctl conflict dismiss "+tenantAndID
	if len(ways) == 0 {
		return []string{"Only the provider can resolve it: see the reasons above. " + hide}
	}
	lines := []string{"Attempts fail until you choose one of:"}
	for _, way := range ways {
		line := "  scimctl conflict " + way + " " + tenantAndID
		if needs := wording.Option(c, directory.Resolution(way)).Needs; needs != "" {
			line += " " + strings.Join(releaseFlags(needs), " NEW, or ") + " NEW"
		}
		if way == string(directory.ByConnecting) { // the holder that the operator has just seen
			line += " -holder " + string(c.Holder.ID)
		}
		lines = append(lines, line)
	}
	return append(lines, hide)
}
