package portal

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/provlog"
	"scimserver/shared/web"
)

// requestRow shows an entry of the log to the customer. It never shows who an operator is.
func requestRow(e provlog.Entry) web.Row {
	row := web.Row{{Time: e.Time}, {Text: describe(e), Note: cmp.Or(e.Name, e.ExternalID, string(e.ID))}, {}}
	if e.Kind == "Invitation" { // its id says nothing to the customer
		row[1].Note = ""
	}
	switch {
	case e.Operator == author:
		row[2].Badge = &web.Badge{Text: "Setup page", Tone: web.Neutral}
	case e.Operator != "":
		row[2].Badge = &web.Badge{Text: "Support", Tone: web.Neutral}
	case e.Failed():
		row[2].Badge = &web.Badge{Text: fmt.Sprintf("Failed, %d", e.Status), Tone: web.Bad}
		row[2].Note = failureText(e)
	case len(e.Skipped) > 0:
		row[2].Badge = &web.Badge{Text: "Partly", Tone: web.Warning}
		row[2].Note = fmt.Sprintf(
			"%s left out: not provisioned yet. Provision them, then push the group again.",
			admin.Counted(max(e.SkippedCount, len(e.Skipped)), "member"),
		)
	default:
		row[2].Badge = &web.Badge{Text: "Done", Tone: web.Good}
	}
	return row
}

// describe says what a request did, such as "Create user".
func describe(e provlog.Entry) string {
	kind := strings.ToLower(e.Kind)
	switch {
	case slices.Contains(e.Changed, "active=false"):
		return "Deactivate " + kind
	case slices.Contains(e.Changed, "active=true") && e.Operation != "create":
		return "Activate " + kind
	case e.Operation == "patch" && e.Kind == "Group" && slices.Contains(e.Changed, "members"):
		return "Change members of group"
	}
	if e.Kind == "Invitation" && e.Operation == "open" {
		return "Open the setup page"
	}
	if e.Kind == "Credential" {
		kind = "token"
	}
	verbs := map[string]string{
		"patch": "Update", "replace": "Update", "put": "Update", "reactivate": "Activate",
	}
	verb := verbs[e.Operation]
	if verb == "" && e.Operation != "" {
		verb = strings.ToUpper(e.Operation[:1]) + e.Operation[1:]
	}
	return strings.TrimSpace(verb + " " + kind)
}

// failureText says why a request failed and what to do.
func failureText(e provlog.Entry) string {
	switch {
	case e.Status == http.StatusServiceUnavailable, e.Status == http.StatusTooManyRequests:
		return "The service was busy. Your provider repeats the request by itself."
	case e.Status >= http.StatusInternalServerError:
		return "The service failed. Your provider repeats the request; if it goes on, tell support."
	}
	return e.Detail
}
