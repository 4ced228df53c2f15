package wording_test

import (
	"testing"
	"time"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

// TestTraceDelay: only a trace that has just begun says that some functions do not record yet.
func TestTraceDelay(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 10, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]string{
		10 * time.Second: ". All functions record within 50 seconds",
		time.Minute:      "",
		time.Hour:        "",
	} {
		began := now.Add(-age)
		got := wording.TraceDelay(admin.Trace{On: true, Began: &began, WithinSeconds: 60}, now)
		if got != want {
			t.Errorf("%s after the begin: %q, want %q", age, got, want)
		}
	}
}
