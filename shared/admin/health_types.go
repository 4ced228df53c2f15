package admin

import (
	"time"

	"scimserver/shared/tenant"
)

// Health describes the health of a tenant's provisioning.
type Health struct {
	Tenant   tenant.ID `json:"tenant"`
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings"` // the most urgent first

	State tenant.State `json:"state"`
	// LastUse is when a credential was last accepted, accurate to the hour.
	LastUse *time.Time `json:"lastUse,omitempty"`
	// LastSuccess and LastFailure are the times of the last requests in the provisioning log that
	// succeeded and failed, within seven days.
	LastSuccess *time.Time `json:"lastSuccess,omitempty"`
	LastFailure *time.Time `json:"lastFailure,omitempty"`
	// Requests counts the entries of the provisioning log in the last 24 hours by status.
	Requests map[int]int `json:"requests"`
	// RequestsIncomplete means that the log has more entries than Requests counts.
	RequestsIncomplete bool      `json:"requestsIncomplete,omitempty"`
	Refusals           []Refusal `json:"refusals"` // of the last 24 hours
	// OpenConflicts is the number of open conflicts, of which at most a thousand are counted.
	OpenConflicts int `json:"openConflicts"`
	Credentials   int `json:"credentials"` // number of credentials that are neither expired nor revoked
}

// Verdict summarizes the health of a tenant.
type Verdict string

// The verdicts.
const (
	Healthy   Verdict = "ok"
	Attention Verdict = "attention" // provisioning works, but something needs attention
	Failing   Verdict = "failing"   // provisioning does not work
)

// Finding is something that needs attention.
type Finding struct {
	Code   string `json:"code"`
	Text   string `json:"text"`   // what is wrong
	Advice string `json:"advice"` // what to do
	// Failing means that the finding keeps provisioning from working.
	Failing bool `json:"failing,omitempty"`
}

// Refusals are the counts of refused requests.
type Refusals struct {
	Refusals []Refusal `json:"refusals"`
}

// Refusal counts how often one credential was refused for one cause. Credential is "" where none
// was involved.
type Refusal struct {
	Credential tenant.KeyID        `json:"credential"`
	Name       string              `json:"name,omitempty"`
	Cause      tenant.RefusalCause `json:"cause"`
	Status     int                 `json:"status"` // that the requests were answered with: 401, 403 or 429
	Count      int64               `json:"count"`
	Last       time.Time           `json:"last"`
}
