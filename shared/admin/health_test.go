package admin_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/tenant"
)

// findings returns the codes of the findings, with a ! if provisioning does not work.
func findings(a answer) (codes []string) {
	for _, f := range a["findings"].([]any) {
		found := answer(f.(map[string]any))
		code := found.text("code")
		if found.get("failing") == true {
			code += "!"
		}
		if found.text("text") == "" || found.text("advice") == "" {
			code += " without words"
		}
		codes = append(codes, code)
	}
	return codes
}

// use records that a credential was used at a time.
func (b *bench) use(key string, at time.Time) {
	b.Helper()
	c, err := b.dir.Tenants().Credential(b.Context(), tenant.KeyID(key))
	if err != nil {
		b.Fatal(err)
	}
	now := b.now
	b.now = at
	defer func() { b.now = now }()
	if err := b.dir.Tenants().NoteUse(b.Context(), c); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) refused(key string, cause tenant.RefusalCause, at time.Time, count int64) {
	b.Helper()
	if err := b.dir.Tenants().AddRefusal(b.Context(), tenant.Refusal{
		Tenant: "acme", Credential: tenant.KeyID(key), Cause: cause,
		Hour: at.Truncate(time.Hour), Last: at, Count: count,
	}); err != nil {
		b.Fatal(err)
	}
}

// TestHealth: each situation has its verdict and its findings, and no others.
func TestHealth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, verdict string
		findings      []string
		prepare       func(b *bench, key string)
	}{
		{"in use", "ok", nil, func(*bench, string) {}},
		{"suspended", "failing", []string{"suspended!"}, func(b *bench, _ string) {
			b.send(200, "POST", "/tenants/acme/suspend", "")
		}},
		{"without a credential", "failing", []string{"no-credential!"}, func(b *bench, key string) {
			b.send(200, "DELETE", acmeCredentials+"/"+key, "")
		}},
		{"only refused", "failing", []string{"refused!"}, func(b *bench, key string) {
			b.refused(key, tenant.WrongSecret, b.now, 3)
		}},
		{"refused, then accepted", "attention", []string{"refused"}, func(b *bench, key string) {
			b.refused(key, tenant.WrongSecret, b.now.Add(-time.Hour), 3)
			b.fail(b.now.Add(-time.Minute), "r1", "id", "ann", "", 201)
		}},
		{"refused two days ago", "ok", nil, func(b *bench, key string) {
			b.refused(key, tenant.ExpiredCredential, b.now.Add(-48*time.Hour), 3)
		}},
		{"one credential refused, another accepted", "attention", []string{"refused"}, func(b *bench, key string) {
			b.refused("old", tenant.RevokedCredential, b.now, 1)
			b.use(key, b.now)
		}},
		{"a read-only credential writes", "failing", []string{"forbidden!"}, func(b *bench, key string) {
			b.refused(key, tenant.MissingScope, b.now, 3)
		}},
		{"a read-only credential beside one that works", "attention", []string{"forbidden"}, func(b *bench, _ string) {
			b.refused("other", tenant.MissingScope, b.now.Add(-time.Hour), 3)
			b.fail(b.now.Add(-time.Minute), "r1", "id", "ann", "", 201)
		}},
		{"at its limits", "attention", []string{"forbidden", "forbidden", "throttled", "throttled", "throttled"},
			func(b *bench, key string) {
				b.refused(key, tenant.QuotaReached, b.now, 4)
				b.refused(key, tenant.UserToken, b.now, 3)
				b.refused(key, tenant.BulkRate, b.now, 2)
				b.refused(key, tenant.ScanBudget, b.now, 2)
				b.refused("", tenant.PasswordGuesses, b.now, 1)
			}},
		{"all changes fail", "failing", []string{"failures!"}, func(b *bench, _ string) { b.failures(5, 409) }},
		{"some changes fail", "attention", []string{"failures"}, func(b *bench, _ string) {
			b.failures(5, 409)
			b.fail(b.now.Add(-time.Hour), "ok", "id", "ann", "", 201)
		}},
		{"few changes fail", "ok", nil, func(b *bench, _ string) { b.failures(4, 400) }},
		{"errors in the service", "attention", []string{"unavailable"}, func(b *bench, _ string) {
			b.failures(1, 503)
		}},
		{"no requests", "attention", []string{"silent"}, func(b *bench, _ string) {
			b.now = b.now.Add(72 * time.Hour)
		}},
		{"expires soon", "attention", []string{"expires"}, func(b *bench, _ string) {
			b.use(b.send(201, "POST", acmeCredentials, `{"expiresIn":86400}`).text("key"), b.now)
		}},
		{"rotated", "attention", []string{"expires"}, func(b *bench, key string) {
			b.send(201, "POST", acmeCredentials+"/"+key+"/rotate", "")
			h := b.send(200, "GET", "/tenants/acme/health", "")
			if !strings.Contains(h.text("findings"), "It was rotated") {
				b.Errorf("%v", h)
			}
		}},
		{"never used", "attention", []string{"unused"}, func(b *bench, key string) {
			b.send(201, "POST", acmeCredentials, "")
			b.now = b.now.Add(25 * time.Hour)
			b.use(key, b.now)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			b.oldAcme()
			key := b.send(201, "POST", acmeCredentials, `{"name":"Okta"}`).text("key")
			b.use(key, b.now)
			tt.prepare(b, key)
			h := b.send(200, "GET", "/tenants/acme/health", "")
			if got := findings(h); h.text("verdict") != tt.verdict || !slices.Equal(got, tt.findings) {
				t.Errorf("%s %q, want %s %q", h.text("verdict"), got, tt.verdict, tt.findings)
			}
		})
	}
}

// failures adds n failed requests to the log of the last 24 hours.
func (b *bench) failures(n, status int) {
	b.Helper()
	for i := range n {
		b.fail(b.now.Add(-2*time.Hour), fmt.Sprintf("f%d", i), "", "ann", "", status)
	}
}

// TestHealthCounts: requests and refusals of the last 24 hours are counted. Refusals have the names
// of their credentials.
func TestHealthCounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(404, "GET", "/tenants/acme/health", "")
	b.oldAcme()
	key := b.send(201, "POST", acmeCredentials, `{"name":"Okta"}`).text("key")
	b.failures(2, 409)
	b.fail(b.now.Add(-30*time.Hour), "yesterday", "", "ann", "", 400)
	b.fail(b.now.Add(-40*time.Hour), "success", "id", "ann", "", 200)
	b.refused(key, tenant.ExpiredCredential, b.now.Add(-3*time.Hour), 2)
	b.refused(key, tenant.ExpiredCredential, b.now.Add(-time.Hour), 3)
	h := b.send(200, "GET", "/tenants/acme/health", "")
	if h.text("requests") != "map[409:2]" || h.text("credentials") != "1" || h.get("lastUse") != nil ||
		h.text("lastSuccess") != b.now.Add(-40*time.Hour).Format(time.RFC3339) ||
		h.text("lastFailure") != b.now.Add(-2*time.Hour).Format(time.RFC3339) {
		t.Errorf("health is %v", h)
	}
	unknown := tenant.Refusal{Cause: tenant.UnknownCredential, Hour: b.now.Truncate(time.Hour), Count: 7, Last: b.now}
	if err := b.dir.Tenants().AddRefusal(t.Context(), unknown); err != nil {
		t.Fatal(err)
	}
	if all := b.send(200, "GET", "/refusals", "").text("refusals"); !strings.Contains(all, "count:7") {
		t.Errorf("unknown credentials: %s", all)
	}
	refusals := h.text("refusals")
	if !strings.Contains(refusals, "count:5") || !strings.Contains(refusals, "name:Okta") {
		t.Errorf("refusals are %s", refusals)
	}
}
