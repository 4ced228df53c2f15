package tenantstore_test

import (
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
)

func (b *bench) issue(model tenant.Credential) (string, tenant.Credential) {
	b.Helper()
	token, c := tenant.NewCredential(model, time.Unix(1_800_000_000, 0).UTC())
	if err := b.CreateCredential(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	return token, c
}

func TestCredentialRecord(t *testing.T) {
	b := newBench(t, nil)
	b.newTenant("acme")
	token, made := b.issue(tenant.Credential{
		Tenant: "acme", Kind: tenant.ClientSecret, Scopes: []tenant.Scope{tenant.Read}, Subject: "u1",
		Expires: time.Unix(1_900_000_000, 0).UTC(),
	})
	got, err := b.Credential(t.Context(), made.KeyID)
	if err != nil || !got.Proves(token) || got.Client != made.KeyID || got.Subject != "u1" ||
		!got.Expires.Equal(made.Expires) || got.Kind != tenant.ClientSecret || !slices.Equal(got.Scopes, made.Scopes) ||
		!got.Created.Equal(made.Created) ||
		!got.Revoked.IsZero() {
		t.Errorf("read %+v, %v; want %+v", got, err, made)
	}
	_, older := b.issue(tenant.Credential{Tenant: "acme", Kind: tenant.BearerToken})
	older.KeyID, older.Scopes = "olderkey", []tenant.Scope{tenant.Write} // as it was stored before write included read
	if err := b.CreateCredential(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	got, err = b.Credential(t.Context(), older.KeyID)
	if err != nil || !slices.Equal(got.Scopes, []tenant.Scope{tenant.Read, tenant.Write}) {
		t.Errorf("a record with write alone has scopes %v, %v", got.Scopes, err)
	}
	_, none := tenant.Issue("nobody", nil, time.Now(), time.Time{})
	if err := b.CreateCredential(t.Context(), none); !errors.Is(err, tenantstore.ErrNotFound) {
		t.Errorf("for a tenant that does not exist: %v", err)
	}
}

func TestRevocation(t *testing.T) {
	b := newBench(t, nil)
	b.newTenant("acme")
	_, c := b.issue(tenant.Credential{Tenant: "acme", Kind: tenant.BearerToken})
	at := c.Created.Add(time.Minute)
	revoke := func(c *tenant.Credential) error { c.Revoked = at; return nil }
	if _, err := b.EditCredential(t.Context(), "globex", c.KeyID, revoke); !errors.Is(err, tenantstore.ErrNotFound) {
		t.Errorf("by another tenant: %v", err)
	}
	if _, err := b.EditCredential(t.Context(), "acme", c.KeyID, revoke); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Credential(t.Context(), c.KeyID); err != nil || !got.Revoked.Equal(at) || got.Usable(at) {
		t.Errorf("read %+v, %v", got, err)
	}
	rejected := errors.New("rejected")
	_, err := b.EditCredential(t.Context(), "acme", c.KeyID, func(*tenant.Credential) error { return rejected })
	if !errors.Is(err, rejected) {
		t.Errorf("rejected edit: %v", err)
	}
}

func TestCredentialsInPages(t *testing.T) {
	b := newBench(t, nil)
	b.newTenant("acme")
	b.newTenant("globex")
	want := map[tenant.KeyID]bool{}
	for range 3 {
		_, c := b.issue(tenant.Credential{Tenant: "acme", Kind: tenant.BearerToken})
		want[c.KeyID] = true
	}
	b.issue(tenant.Credential{Tenant: "globex", Kind: tenant.BearerToken})
	for after, pages := tenant.KeyID(""), 0; pages == 0 || after != ""; pages++ {
		page, next, err := b.Credentials(t.Context(), "acme", after, 2)
		if err != nil || pages > 2 {
			t.Fatal(err, pages)
		}
		for _, c := range page {
			if !want[c.KeyID] {
				t.Errorf("listed %+v", c)
			}
			delete(want, c.KeyID)
		}
		after = next
	}
	if len(want) > 0 {
		t.Errorf("not listed: %v", want)
	}
}

// counting counts the requests that it sends.
type counting struct {
	http.RoundTripper
	calls *atomic.Int64
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

func TestUseIsStoredHourly(t *testing.T) {
	var calls atomic.Int64
	clock, at := newClock()
	b := newBench(t, func(next http.RoundTripper) http.RoundTripper { return counting{next, &calls} }, at)
	b.newTenant("acme")
	_, c := b.issue(tenant.Credential{Tenant: "acme", Kind: tenant.BearerToken})
	use := func(known tenant.Credential, wantCalls int64) tenant.Credential {
		t.Helper()
		before := calls.Load()
		if err := b.NoteUse(t.Context(), known); err != nil {
			t.Fatal(err)
		}
		if made := calls.Load() - before; made != wantCalls {
			t.Errorf("%d calls, want %d", made, wantCalls)
		}
		now, err := b.Credential(t.Context(), c.KeyID)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	first := use(c, 1)
	stored := clock.now
	clock.now = clock.now.Add(59 * time.Minute)
	use(first, 0)
	if again := use(c, 1); !again.Used.Equal(stored) { // by a process that has not read the first use
		t.Errorf("stored again at %v", again.Used)
	}
	clock.now = clock.now.Add(time.Minute)
	if later := use(first, 1); !later.Used.Equal(clock.now) {
		t.Errorf("used at %v, want %v", later.Used, clock.now)
	}
}
