package admin

import (
	"fmt"
	"slices"
	"time"

	"scimserver/shared/tenant"
)

const (
	// expiresSoon is how long before its end a credential is named.
	expiresSoon = 30 * 24 * time.Hour
	// unusedAfter is how old a credential is before it counts as never used.
	unusedAfter = 24 * time.Hour
	// silentAfter is how long no credential was used before a tenant counts as silent. Entra ID sends
	// requests every 40 minutes; Okta sends none as long as nothing changes.
	silentAfter = 48 * time.Hour
	// manyFailures is the number of failed requests from which on their share is judged.
	manyFailures = 5
)

// judge adds the findings and the verdict.
func (h *Health) judge(credentials []tenant.Credential, now time.Time) {
	h.Findings = []Finding{}
	h.judgeAccess(credentials)
	h.judgeRequests(now)
	h.judgeCredentials(credentials, now)
	if h.OpenConflicts > 0 {
		h.find("conflicts", fmt.Sprintf("%s: usernames, emails or names that somebody else holds.",
			counted(h.OpenConflicts, "open conflict")), fmt.Sprintf("scimctl conflict list %s", h.Tenant))
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

// counted is a number with its noun.
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
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

// judgeAccess finds what keeps all requests out.
func (h *Health) judgeAccess(credentials []tenant.Credential) {
	switch {
	case h.State == tenant.Suspended:
		h.findFailing("suspended", "The tenant is suspended: every request is answered 401.",
			fmt.Sprintf("scimctl tenant resume %s", h.Tenant))
	case h.State == tenant.Deleting:
		h.findFailing("deleting", "The tenant is being deleted.",
			fmt.Sprintf("Finish it: scimctl tenant delete %s", h.Tenant))
	case h.Credentials == 0:
		h.findFailing("no-credential", "The tenant has no valid credential.",
			fmt.Sprintf("scimctl credential create %s, and enter the token at the provider", h.Tenant))
	}
	for _, r := range h.Refusals {
		h.judgeRefusal(r, credentials)
	}
}

// refusalTexts returns what a cause means, and what to do.
func (h *Health) refusalTexts(r Refusal) (text, advice string) {
	switch r.Cause {
	case tenant.WrongSecret:
		return "the secret is not that of the credential", fmt.Sprintf("Enter the whole token at the provider again. "+
			"If nobody has it any more: scimctl credential rotate %s %s", h.Tenant, r.Credential)
	case tenant.WrongKind:
		return "a client secret was sent as a bearer token, or the reverse", fmt.Sprintf("Choose the authentication "+
			"mode at the provider that fits the credential's kind: scimctl credential list %s", h.Tenant)
	case tenant.ExpiredCredential:
		return "it has expired",
			fmt.Sprintf("scimctl credential create %s, and enter the new token at the provider", h.Tenant)
	case tenant.RevokedCredential:
		return "it was revoked", "Enter the tenant's new token at the provider, or remove the old connection there"
	}
	return "the tenant was not active", fmt.Sprintf("scimctl tenant show %s", h.Tenant)
}

// judgeRefusal fails the tenant if nothing was accepted after the refusal.
func (h *Health) judgeRefusal(r Refusal, credentials []tenant.Credential) {
	meaning, advice := h.refusalTexts(r)
	name := string(r.Credential)
	if r.Name != "" {
		name += fmt.Sprintf(" (%s)", r.Name)
	}
	text := fmt.Sprintf("Credential %s was refused in the last 24 hours (%d times), last at %s: %s.",
		name, r.Count, r.Last.UTC().Format(time.RFC3339), meaning)
	others := slices.ContainsFunc(credentials, func(c tenant.Credential) bool {
		return c.KeyID != r.Credential && c.Used.After(r.Last.Add(-time.Hour))
	})
	if others || h.LastSuccess != nil && h.LastSuccess.After(r.Last) {
		h.find("refused", text, advice)
		return
	}
	h.findFailing("refused", text, advice)
}

// judgeRequests finds failures and silence.
func (h *Health) judgeRequests(now time.Time) {
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
	text := fmt.Sprintf("%d of %d requests for changes failed in the last 24 hours.", failed, total)
	advice := fmt.Sprintf("scimctl log %s -status failed", h.Tenant)
	switch {
	case failed >= manyFailures && failed == total:
		h.findFailing("failures", text, advice)
	case failed >= manyFailures && 10*failed >= total:
		h.find("failures", text, advice)
	}
	if unavailable > 0 {
		h.find("unavailable",
			counted(unavailable, "request")+" met a fault of this service (5xx) in the last 24 hours.",
			fmt.Sprintf("scimctl log %s -status 5xx, and the alarms in the runbook", h.Tenant))
	}
	if h.LastUse != nil && now.Sub(*h.LastUse) > silentAfter && h.Credentials > 0 {
		h.find("silent", fmt.Sprintf("No request since %s.", h.LastUse.UTC().Format(time.RFC3339)),
			"Ask the customer whether provisioning is switched off at the provider")
	}
}

// judgeCredentials finds credentials that end soon or were never used.
func (h *Health) judgeCredentials(all []tenant.Credential, now time.Time) {
	for _, c := range all {
		name := string(c.KeyID)
		if c.Name != "" {
			name += fmt.Sprintf(" (%s)", c.Name)
		}
		switch {
		case !c.Usable(now):
		case !c.Expires.IsZero() && c.Expires.Sub(now) < expiresSoon:
			h.find("expires", fmt.Sprintf("Credential %s expires at %s.", name, c.Expires.UTC().Format(time.RFC3339)),
				fmt.Sprintf("scimctl credential rotate %s %s, and enter the new token at the provider",
					h.Tenant, c.KeyID))
		case c.Used.IsZero() && now.Sub(c.Created) > unusedAfter:
			h.find("unused", fmt.Sprintf("Credential %s was never used.", name),
				fmt.Sprintf("Enter it at the provider, or scimctl credential revoke %s %s", h.Tenant, c.KeyID))
		}
	}
}
