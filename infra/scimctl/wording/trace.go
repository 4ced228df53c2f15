package wording

import (
	"fmt"
	"time"

	"scimserver/shared/admin"
)

// Trace says whether a tenant's requests are recorded.
func Trace(t admin.Trace) string {
	values := "without values"
	if t.Values {
		values = "with values"
	}
	switch {
	case t.Began == nil:
		return "no requests are recorded"
	case t.On:
		return fmt.Sprintf("requests are recorded %s until %s, at most %d; %d so far", values, Minute(t.End), t.Most,
			t.Recorded)
	case t.Recorded >= t.Most:
		return fmt.Sprintf("the recording has ended with %s, the most that one trace takes",
			admin.Counted(t.Most, "request"))
	}
	return fmt.Sprintf("the recording ended at %s with %s", Minute(t.End), admin.Counted(t.Recorded, "request"))
}

// TraceDelay says how long it may take until all functions record, "" if that time is over.
func TraceDelay(t admin.Trace, now time.Time) string {
	left := time.Duration(t.WithinSeconds)*time.Second - now.Sub(*t.Began)
	if left <= 0 {
		return ""
	}
	seconds := int((left + time.Second - 1) / time.Second)
	return ". All functions record within " + admin.Counted(seconds, "second")
}
