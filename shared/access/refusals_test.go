package access_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/shared/access"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit/fault"
)

// refusals are the stored counts of a tenant, as "cause credential count".
func (b *bench) stored(of tenant.ID) (all []string) {
	b.Helper()
	found, err := b.Tenants.Refusals(b.Context(), of, b.now.Add(-48*time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range found {
		if r.Last.Before(r.Hour) || r.Last.After(b.now) {
			b.Errorf("the last one was at %v, in the hour %v", r.Last, r.Hour)
		}
		all = append(all, fmt.Sprintf("%s %s %d", r.Cause, r.Credential, r.Count))
	}
	slices.Sort(all)
	return all
}

func (b *bench) refuse(times int, header string) {
	b.Helper()
	for range times {
		b.wantInvalid(header, header)
	}
}

// A request to a wrong URL does not count as a use of its credential, so the setup page and the health of
// a tenant show the URL as the problem.
func TestMisdirectedRequestsAreCounted(t *testing.T) {
	b := newBench(t, http.DefaultTransport)
	b.now = time.Now().Truncate(time.Hour).Add(10 * time.Minute)
	token := b.token(tenant.Credential{})
	keyID, _ := tenant.Parse(token)
	if _, err := b.Unused(t.Context(), "Bearer "+token); err != nil {
		t.Fatal(err)
	}
	if got := b.stored("acme"); len(got) > 0 {
		t.Errorf("the base URL alone counts as %q", got)
	}
	if _, err := b.Misdirected(t.Context(), "Bearer "+token); err != nil {
		t.Fatal(err)
	}
	if got, want := b.stored("acme"), []string{"wrong-path " + string(keyID) + " 1"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if c, err := b.Tenants.Credential(t.Context(), keyID); err != nil || !c.Used.IsZero() {
		t.Errorf("used at %v, %v", c.Used, err)
	}
	if _, err := b.Misdirected(t.Context(), "Bearer nothing"); !errors.Is(err, access.ErrInvalidCredential) {
		t.Errorf("without a token: %v", err)
	}
}

// TestRefusalsAreCounted: operators see why a tenant's credentials are refused; clients do not.
func TestRefusalsAreCounted(t *testing.T) {
	b := newBench(t, http.DefaultTransport)
	b.now = time.Now().Truncate(time.Hour).Add(10 * time.Minute)
	expired := b.token(tenant.Credential{Expires: b.now.Add(-time.Minute)})
	suspended := b.token(tenant.Credential{Tenant: "globex"})
	secret, client := b.secret(tenant.Credential{})
	b.setState(tenant.Suspended)
	wrong, _ := tenant.Issue("acme", nil, b.now, time.Time{})
	keyID, _ := tenant.Parse(expired)
	suspendedID, _ := tenant.Parse(suspended)
	b.refuse(1, "Bearer "+expired) // written at once: a test of a connection is a single request
	if got, want := b.stored("acme"), []string{"expired " + string(keyID) + " 1"}; !slices.Equal(got, want) {
		t.Errorf("after the first: %q, want %q", got, want)
	}
	b.refuse(3, "Bearer "+expired)
	b.refuse(2, "Bearer "+swapped(expired, wrong))
	b.refuse(2, "Bearer "+secret)
	b.refuse(2, "Bearer "+suspended)
	b.refuse(4, "Bearer "+wrong)
	for _, foreign := range []string{"Bearer hello", "Bearer a.b.c", "Bearer Bearer " + expired, expired} {
		b.refuse(1, foreign)
	}
	if _, err := b.Client(t.Context(), "another", secret); !errors.Is(err, access.ErrInvalidCredential) {
		t.Errorf("another client: %v", err)
	}
	b.now = b.now.Add(time.Minute)
	b.refuse(1, "Bearer "+expired)
	for of, want := range map[tenant.ID][]string{
		"acme": {
			"expired " + string(keyID) + " 5", "wrong-kind " + string(client.KeyID) + " 2",
			"wrong-secret " + string(client.KeyID) + " 1", "wrong-secret " + string(keyID) + " 2",
		},
		"globex": {"tenant-inactive " + string(suspendedID) + " 2"},
		"":       {"unknown  8"},
	} {
		slices.Sort(want)
		if got := b.stored(of); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", of, got, want)
		}
	}
	b.now = b.now.Add(time.Hour)
	b.refuse(1, "Bearer "+expired)
	if got := b.stored("acme"); !slices.Contains(got, "expired "+string(keyID)+" 1") {
		t.Errorf("an hour later: %q", got)
	}
}

// TestRefusalsCostLittle: a client that sends a wrong token again and again causes ten writes, then one
// in half a minute. The writes are the same for a key id that exists and one that does not.
func TestRefusalsCostLittle(t *testing.T) {
	for name, token := range map[string]func(*bench) string{
		"a wrong secret": func(b *bench) string { return b.token(tenant.Credential{Expires: b.now.Add(-time.Hour)}) },
		"an unknown key id": func(b *bench) string {
			unknown, _ := tenant.Issue("acme", nil, b.now, time.Time{})
			return unknown
		},
	} {
		t.Run(name, func(t *testing.T) {
			var writes atomic.Int64
			b := newBench(t, roundTripper(func(r *http.Request) (*http.Response, error) {
				if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".UpdateItem") {
					writes.Add(1)
				}
				return http.DefaultTransport.RoundTrip(r)
			}))
			header := "Bearer " + token(b)
			for range 5 {
				b.refuse(20, header)
				b.now = b.now.Add(10 * time.Second)
			}
			if writes.Load() != 11 {
				t.Errorf("%d writes for 100 requests in 40 seconds, want 11", writes.Load())
			}
		})
	}
}

// TestRefusalsSurviveAFailure: counts that could not be written are written later, and the answer
// is the same.
func TestRefusalsSurviveAFailure(t *testing.T) {
	down := true
	b := newBench(t, fault.Script(http.DefaultTransport, fault.Rule{
		Operation: "UpdateItem", Calls: func(int) bool { return down }, Fault: fault.Denied,
	}))
	token := b.token(tenant.Credential{Expires: b.now.Add(-time.Minute)})
	b.refuse(3, "Bearer "+token)
	if !strings.Contains(b.log.String(), "refusals were not recorded") {
		t.Errorf("the log says %s", b.log.String())
	}
	down, b.now = false, b.now.Add(time.Minute)
	b.refuse(1, "Bearer "+token)
	keyID, _ := tenant.Parse(token)
	if got, want := b.stored("acme"), []string{"expired " + string(keyID) + " 4"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestRefusalsAtOnce: no count gets lost among parallel requests.
func TestRefusalsAtOnce(t *testing.T) {
	b := newBench(t, http.DefaultTransport)
	token := b.token(tenant.Credential{Expires: b.now.Add(-time.Minute)})
	done := make(chan error)
	const parallel = 20
	for range parallel {
		go func() {
			_, err := b.Bearer(context.WithoutCancel(t.Context()), "Bearer "+token)
			done <- err
		}()
	}
	for range parallel {
		if err := <-done; !errors.Is(err, access.ErrInvalidCredential) {
			t.Error(err)
		}
	}
	b.now = b.now.Add(time.Minute)
	b.refuse(1, "Bearer "+token)
	keyID, _ := tenant.Parse(token)
	if got, want := b.stored("acme"),
		[]string{fmt.Sprintf("expired %s %d", keyID, parallel+1)}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
