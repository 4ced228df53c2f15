package admin

import (
	"time"

	"scimserver/shared/tenant"
)

// Health says how a tenant's provisioning is doing.
type Health struct {
	Tenant   tenant.ID `json:"tenant"`
	Verdict  Verdict   `json:"verdict"`
	Findings []Finding `json:"findings"` // the most urgent first

	State tenant.State `json:"state"`
	// LastUse is when a credential was last accepted, accurate to the hour.
	LastUse *time.Time `json:"lastUse,omitempty"`
	// LastSuccess and LastFailure are of the last week's requests that the provisioning log has.
	LastSuccess *time.Time `json:"lastSuccess,omitempty"`
	LastFailure *time.Time `json:"lastFailure,omitempty"`
	// Requests counts the entries of the provisioning log in the last 24 hours by status.
	Requests map[int]int `json:"requests"`
	// RequestsIncomplete says that there are more entries than one answer counts.
	RequestsIncomplete bool      `json:"requestsIncomplete,omitempty"`
	Refusals           []Refusal `json:"refusals"` // of the last 24 hours
	// OpenConflicts counts at most a thousand.
	OpenConflicts int `json:"openConflicts"`
	Credentials   int `json:"credentials"` // that are neither expired nor revoked
}

// Verdict sums up the health of a tenant.
type Verdict string

// The verdicts.
const (
	Healthy   Verdict = "ok"
	Attention Verdict = "attention" // provisioning works, and somebody should do something
	Failing   Verdict = "failing"   // provisioning does not work
)

// Finding is something that somebody should know or do.
type Finding struct {
	Code   string `json:"code"`
	Text   string `json:"text"`   // what is the case
	Advice string `json:"advice"` // what to do
	// Failing says that provisioning does not work because of it.
	Failing bool `json:"failing,omitempty"`
}

// Refusals are counts of refused credentials.
type Refusals struct {
	Refusals []Refusal `json:"refusals"`
}

// Refusal counts how often one credential was refused for one cause.
type Refusal struct {
	Credential tenant.KeyID        `json:"credential"`
	Name       string              `json:"name,omitempty"`
	Cause      tenant.RefusalCause `json:"cause"`
	Count      int64               `json:"count"`
	Last       time.Time           `json:"last"`
}
