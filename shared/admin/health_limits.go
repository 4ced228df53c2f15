package admin

import (
	"fmt"
	"net/http"
	"time"

	"scimserver/shared/tenant"
)

// checkLimit adds the finding of requests with a valid credential that were answered 403 or 429. The tenant is
// failing if a credential lacked a scope and no change has succeeded since.
func (h *Health) checkLimit(r Refusal) {
	meaning, advice := h.limitTexts(r)
	code := "throttled"
	if r.Status == http.StatusForbidden {
		code = "forbidden"
	}
	text := fmt.Sprintf("%s in the last 24 hours, the last one at %s: %s.",
		Counted(int(r.Count), "request")+fmt.Sprintf(" got %d", r.Status), r.Last.UTC().Format(time.RFC3339), meaning)
	if r.Cause == tenant.MissingScope && (h.LastSuccess == nil || r.Last.After(*h.LastSuccess)) {
		h.findFailing(code, text, advice)
		return
	}
	h.find(code, text, advice)
}

// limitTexts returns what a cause of 403 or 429 means, and what to do.
func (h *Health) limitTexts(r Refusal) (text, advice string) {
	credential := "credential " + nameOf(r.Credential, r.Name)
	switch r.Cause {
	case tenant.MissingScope:
		return credential + " lacks a scope that the requests need, such as write", fmt.Sprintf(
			"scimctl credential create %s -scopes write, and enter the new token at the provider", h.Tenant)
	case tenant.UserToken:
		return credential + " belongs to one user and can do little besides reading /Me", fmt.Sprintf(
			"If a provider uses it: scimctl credential create %s, and enter the new token there", h.Tenant)
	case tenant.QuotaReached:
		return "the tenant has as many users or groups as its limit allows", fmt.Sprintf(
			"scimctl tenant show %s shows the limits; tenant update with -users or -groups raises them", h.Tenant)
	case tenant.BulkRate:
		return "the operations of bulk requests exceeded the tenant's limit of requests", fmt.Sprintf(
			"Nothing, if the provider tries again. To raise the limit: scimctl tenant update %s -rps NUMBER", h.Tenant)
	case tenant.ScanBudget:
		return "queries that compare all resources used up what the tenant may read in a minute",
			"Let the provider match users by userName, email or externalId, and groups by displayName. " +
				"The parameter ScanUnitsPerMinute of the stack is the limit"
	}
	return "too many wrong passwords were tried for one name",
		"Look for the client in the log of the application that checks passwords; a name is free again after 15 minutes"
}
