package admin

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"scimserver/shared/tenant"
)

const (
	// expiresSoon is the remaining lifetime below which a credential is a finding.
	expiresSoon = 30 * 24 * time.Hour
	// unusedAfter is the age above which a credential that was never used is a finding.
	unusedAfter = 24 * time.Hour
	// silentAfter is the time without requests after which a tenant is a finding. Entra ID sends
	// requests every 40 minutes; Okta sends none as long as nothing changes.
	silentAfter = 48 * time.Hour
	// manyFailures is the least number of failed requests that can be a finding.
	manyFailures = 5
)

// diagnose adds the findings and the verdict.
func (h *Health) diagnose(credentials []tenant.Credential, now time.Time) {
	h.Findings = []Finding{}
	h.checkAccess(credentials)
	h.checkRequests(now)
	h.checkCredentials(credentials, now)
	if h.OpenConflicts > 0 {
		h.find("conflicts", fmt.Sprintf("%s: usernames, emails or names that another record holds.",
			Counted(h.OpenConflicts, "open conflict")), fmt.Sprintf("scimctl conflict list %s", h.Tenant))
	}
	slices.SortStableFunc(h.Findings, func(a, b Finding) int { return rank(a) - rank(b) })
	switch {
	case len(h.Findings) == 0:
		h.Verdict = Healthy
	case h.Findings[0].Failing:
		h.Verdict = Failing
	default:
		h.Verdict = Attention
	}
}

func rank(f Finding) int {
	if f.Failing {
		return 0
	}
	return 1
}

func (h *Health) find(code, text, advice string) {
	h.Findings = append(h.Findings, Finding{Code: code, Text: text, Advice: advice})
}

func (h *Health) findFailing(code, text, advice string) {
	h.find(code, text, advice)
	h.Findings[len(h.Findings)-1].Failing = true
}

// checkAccess finds reasons why requests are refused.
func (h *Health) checkAccess(credentials []tenant.Credential) {
	switch {
	case h.State == tenant.Suspended:
		h.findFailing("suspended", "The tenant is suspended: every request gets the response 401.",
			fmt.Sprintf("scimctl tenant resume %s", h.Tenant))
	case h.State == tenant.Deleting:
		h.findFailing("deleting", "The tenant is being deleted.",
			fmt.Sprintf("Finish it: scimctl tenant delete %s", h.Tenant))
	case h.Credentials == 0:
		h.findFailing("no-credential", "The tenant has no valid credential.",
			fmt.Sprintf("scimctl credential create %s, and enter the token at the provider", h.Tenant))
	}
	for _, r := range h.Refusals {
		if r.Status == http.StatusUnauthorized || r.Cause == tenant.WrongPath {
			h.checkRefusal(r, credentials)
		} else {
			h.checkLimit(r)
		}
	}
}

// refusalAdvice says what to do about a refusal.
func (h *Health) refusalAdvice(r Refusal) string {
	switch r.Cause {
	case tenant.WrongSecret:
		return fmt.Sprintf("Enter the whole token at the provider again. "+
			"If nobody has the token anymore: scimctl credential rotate %s %s", h.Tenant, r.Credential)
	case tenant.WrongKind:
		return fmt.Sprintf("At the provider, choose the authentication mode for this kind of credential: "+
			"scimctl credential list %s", h.Tenant)
	case tenant.ExpiredCredential:
		return fmt.Sprintf("scimctl credential create %s, and enter the new token at the provider", h.Tenant)
	case tenant.WrongPath:
		return "Correct the URL at the provider: it ends in /scim/v2, without a slash after it"
	case tenant.RevokedCredential:
		return "Enter the tenant's new token at the provider, or remove the old connection there"
	}
	return fmt.Sprintf("scimctl tenant show %s", h.Tenant)
}

// checkRefusal adds the finding of a refusal. The tenant is failing if no request was accepted after
// the refusal.
func (h *Health) checkRefusal(r Refusal, credentials []tenant.Credential) {
	advice := h.refusalAdvice(r)
	text := fmt.Sprintf("%s with credential %s got %d in the last 24 hours, the last one at %s: %s.",
		Counted(int(r.Count), "request"), nameOf(r.Credential, r.Name), r.Status, r.Last.UTC().Format(time.RFC3339),
		r.Cause.Meaning())
	others := slices.ContainsFunc(credentials, func(c tenant.Credential) bool {
		return c.KeyID != r.Credential && c.Used.After(r.Last.Add(-time.Hour))
	})
	if others || h.LastSuccess != nil && h.LastSuccess.After(r.Last) {
		h.find("refused", text, advice)
		return
	}
	h.findFailing("refused", text, advice)
}

// nameOf names a credential by its key and, if it has one, its name.
func nameOf(key tenant.KeyID, name string) string {
	if name == "" {
		return string(key)
	}
	return fmt.Sprintf("%s (%s)", key, name)
}

// checkRequests finds failed requests, and a tenant without requests.
func (h *Health) checkRequests(now time.Time) {
	total, failed, unavailable := 0, 0, 0
	for status, n := range h.Requests {
		total += n
		if status >= 400 {
			failed += n
		}
		if status >= 500 {
			unavailable += n
		}
	}
	text := fmt.Sprintf("%d of %s failed in the last 24 hours.", failed, Counted(total, "write request"))
	advice := fmt.Sprintf("scimctl log %s -status failed", h.Tenant)
	switch {
	case failed >= manyFailures && failed == total:
		h.findFailing("failures", text, advice)
	case failed >= manyFailures && 10*failed >= total:
		h.find("failures", text, advice)
	}
	if unavailable > 0 {
		h.find("unavailable",
			Counted(unavailable, "request")+" failed because of an error in this service (5xx) in the last 24 hours.",
			fmt.Sprintf("scimctl log %s -status 5xx, and the alarms in the runbook", h.Tenant))
	}
	if h.LastUse != nil && now.Sub(*h.LastUse) > silentAfter && h.Credentials > 0 {
		h.find("silent",
			fmt.Sprintf("No request since %s, accurate to the hour.", h.LastUse.UTC().Format(time.RFC3339)),
			"Ask the customer whether provisioning is switched off at the provider")
	}
}

// expiryAdvice says what to do about a credential that expires soon.
func (h *Health) expiryAdvice(c tenant.Credential) string {
	if c.WasRotated() {
		return "It was rotated: enter the new token at the provider before then"
	}
	return fmt.Sprintf("scimctl credential rotate %s %s, and enter the new token at the provider", h.Tenant, c.KeyID)
}

// checkCredentials finds credentials that expire soon or were never used.
func (h *Health) checkCredentials(all []tenant.Credential, now time.Time) {
	for _, c := range all {
		name := nameOf(c.KeyID, c.Name)
		switch {
		case !c.Usable(now):
		case !c.Expires.IsZero() && c.Expires.Sub(now) < expiresSoon:
			h.find("expires", fmt.Sprintf("Credential %s expires at %s.", name, c.Expires.UTC().Format(time.RFC3339)),
				h.expiryAdvice(c))
		case c.Used.IsZero() && now.Sub(c.Created) > unusedAfter:
			h.find("unused", fmt.Sprintf("Credential %s was never used.", name),
				fmt.Sprintf("Enter it at the provider, or scimctl credential revoke %s %s", h.Tenant, c.KeyID))
		}
	}
}
