package tenantstore_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
	"scimserver/shared/testkit/fault"
)

// acme creates the tenant acme, and returns a token of it.
func (b *bench) acme() tenant.Credential {
	b.Helper()
	b.newTenant("acme")
	_, c := b.issue(tenant.Credential{Tenant: "acme", Kind: tenant.BearerToken})
	return c
}

// TestAgentIsStored: a list has the name of the last client. A process stores each name once an hour, and few of them.
func TestAgentIsStored(t *testing.T) {
	var calls atomic.Int64
	clock, at := newClock()
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper { return counting{next, &calls} }, at)
	c, start := b.acme(), clock.now
	var notes tenantstore.AgentNotes
	for _, step := range []struct {
		after     time.Duration
		agent     string
		wantCalls int64
		want      string
		wantSeen  time.Duration
	}{
		{0, "", 0, "", 0},
		{0, "curl/8.5.0", 1, "curl/8.5.0", 0},
		{time.Second, "Okta SCIM Client 1.0.0", 1, "Okta SCIM Client 1.0.0", time.Second},
		{time.Minute, "curl/8.5.0", 0, "Okta SCIM Client 1.0.0", time.Second},
		{time.Hour, "Okta SCIM Client 1.0.0", 0, "Okta SCIM Client 1.0.0", time.Second},
		{time.Hour + time.Second, "Okta SCIM Client 1.0.0", 1, "Okta SCIM Client 1.0.0", time.Hour + time.Second},
		{
			2 * time.Hour, "\x1b[31mOkta\n" + strings.Repeat("x", 200), 1,
			"[31mOkta" + strings.Repeat("x", 110), 2 * time.Hour,
		},
		{2 * time.Hour, "a\xff" + strings.Repeat("é", 200), 1, "a" + strings.Repeat("é", 59), 2 * time.Hour},
		{2 * time.Hour, strings.Repeat("x", 119) + "é", 1, strings.Repeat("x", 119), 2 * time.Hour},
	} {
		clock.now = start.Add(step.after)
		before := calls.Load()
		if err := notes.Note(t.Context(), b.Store, "acme", c.KeyID, step.agent); err != nil {
			t.Fatal(err)
		}
		if made := calls.Load() - before; made != step.wantCalls {
			t.Errorf("%q after %v: %d calls, want %d", step.agent, step.after, made, step.wantCalls)
		}
		page, _, err := b.Credentials(t.Context(), "acme", "", 10)
		if err != nil || len(page) != 1 {
			t.Fatal(page, err)
		}
		if page[0].Agent != step.want || step.want != "" && !page[0].Seen.Equal(start.Add(step.wantSeen)) {
			t.Errorf("after %v: %q at %v, want %q", step.after, page[0].Agent, page[0].Seen, step.want)
		}
	}
	for i := range 20 {
		if err := notes.Note(t.Context(), b.Store, "acme", c.KeyID, fmt.Sprint("agent ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if page, _, err := b.Credentials(t.Context(), "acme", "", 10); err != nil || page[0].Agent != "agent 3" {
		t.Errorf("after many names in an hour: %+v, %v", page, err)
	}
	revoke := func(c *tenant.Credential) error { c.Revoked = clock.now; return nil }
	if _, err := b.EditCredential(t.Context(), "acme", c.KeyID, revoke); err != nil {
		t.Fatal(err)
	}
	if page, _, err := b.Credentials(t.Context(), "acme", "", 10); err != nil || page[0].Agent == "" {
		t.Errorf("after an edit: %+v, %v", page, err)
	}
	if err := notes.Note(t.Context(), b.Store, "acme", "deleted", "curl"); err != nil {
		t.Error(err)
	}
	if page, _, err := b.Credentials(t.Context(), "acme", "", 10); err != nil || len(page) != 1 {
		t.Errorf("a deleted credential is listed: %+v, %v", page, err)
	}
}

// TestAgentIsRetriedAfterAMinute: while the table fails, most requests do not wait for it.
func TestAgentIsRetriedAfterAMinute(t *testing.T) {
	var calls atomic.Int64
	clock, at := newClock()
	fails := true
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper {
		return counting{fault.Script(next, fault.Rule{
			Operation: "UpdateItem", Calls: func(int) bool { return fails }, Fault: fault.Denied,
		}), &calls}
	}, at)
	c, start := b.acme(), clock.now
	var notes tenantstore.AgentNotes
	for _, step := range []struct {
		after     time.Duration
		fails     bool
		wantCalls int64
	}{
		{0, true, 1},
		{59 * time.Second, false, 0},
		{time.Minute, false, 1},
		{2 * time.Minute, false, 0},
		{time.Hour, false, 0},
		{time.Hour + time.Minute, false, 1},
	} {
		clock.now, fails = start.Add(step.after), step.fails
		before := calls.Load()
		err := notes.Note(t.Context(), b.Store, "acme", c.KeyID, "curl")
		if (err != nil) != step.fails {
			t.Errorf("after %v: %v", step.after, err)
		}
		if made := calls.Load() - before; made != step.wantCalls {
			t.Errorf("after %v: %d calls, want %d", step.after, made, step.wantCalls)
		}
	}
}
