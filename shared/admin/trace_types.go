package admin

import (
	"fmt"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/trace"
)

// TraceStart is the body that starts a trace.
type TraceStart struct {
	Seconds int64 `json:"seconds"` // how long requests are recorded
	Values  bool  `json:"values"`  // record values as well, except secrets
}

// Trace is the newest trace of a tenant, or none.
type Trace struct {
	On       bool       `json:"on"`
	Began    *time.Time `json:"began,omitempty"` // missing if there never was a trace
	End      *time.Time `json:"end,omitempty"`
	Values   bool       `json:"values"`
	Recorded int        `json:"recorded"` // requests, including those whose record was lost
	Most     int        `json:"most"`     // requests that one trace records
	// WithinSeconds is how long functions may take to learn of a trace that has begun.
	WithinSeconds int `json:"withinSeconds"`
}

// TraceRequests are recorded requests, oldest first.
type TraceRequests struct {
	Requests []trace.Request `json:"requests"`
	Last     string          `json:"last"` // the value of after for the next request
}

// logged is the text of the provisioning log about a new trace.
func (t Trace) logged() (id, name string) {
	if t.Began == nil {
		return "", ""
	}
	what := "without values"
	if t.Values {
		what = "with values"
	}
	return scim.FormatTime(*t.Began), fmt.Sprintf("%s, until %s", what, t.End.UTC().Format(time.RFC3339))
}
