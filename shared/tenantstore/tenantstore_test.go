package tenantstore_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is a store in a table of its own.
type bench struct {
	*testing.T
	*tenantstore.Store
}

func newBench(
	t *testing.T, wrap func(http.RoundTripper) http.RoundTripper, change ...func(*tenantstore.Options),
) *bench {
	t.Helper()
	transport := http.RoundTripper(http.DefaultTransport.(*http.Transport).Clone())
	if wrap != nil {
		transport = wrap(transport)
	}
	o := tenantstore.Options{
		Table: testkit.Table(t), Endpoint: testkit.Endpoint(t), Client: &http.Client{Transport: transport},
	}
	for _, f := range change {
		f(&o)
	}
	store, err := tenantstore.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{T: t, Store: store}
}

// clock is a time that tests move.
type clock struct{ now time.Time }

func newClock() (*clock, func(*tenantstore.Options)) {
	c := &clock{now: time.Unix(1_800_000_000, 0).UTC()}
	return c, func(o *tenantstore.Options) { o.Now = func() time.Time { return c.now } }
}

func (b *bench) newTenant(id tenant.ID, domains ...string) tenant.Tenant {
	b.Helper()
	t, err := b.CreateTenant(b.Context(),
		tenant.Tenant{ID: id, Name: "Tenant " + string(id), Profile: tenant.Okta, Domains: domains})
	if err != nil {
		b.Fatal(err)
	}
	return t
}

func (b *bench) markDeleting(id tenant.ID) {
	b.Helper()
	edit := func(t *tenant.Tenant) error { t.State = tenant.Deleting; return nil }
	if _, err := b.ChangeTenant(b.Context(), id, edit); err != nil {
		b.Fatal(err)
	}
}
