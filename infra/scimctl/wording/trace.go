package wording

import (
	"fmt"

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
