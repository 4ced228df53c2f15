package authorizer

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"scimserver/shared/access"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// newAuthorizer returns an authorizer and its log.
func newAuthorizer(t *testing.T, o tenantstore.Options, now time.Time) (*Authorizer, *strings.Builder) {
	t.Helper()
	o.Endpoint = testkit.Endpoint(t)
	tenants, err := tenantstore.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	log := slog.New(slog.NewJSONHandler(&text, nil))
	gate := &access.Authenticator{Tenants: tenants, Log: log, Now: func() time.Time { return now }}
	return &Authorizer{Authenticator: gate, Log: log, SharedKey: "shared"}, &text
}

func authorize(ctx context.Context, a *Authorizer, header string) (events.APIGatewayCustomAuthorizerResponse, error) {
	return a.Authorize(ctx, events.APIGatewayCustomAuthorizerRequest{
		AuthorizationToken: header, MethodArn: "arn:aws:execute-api:eu-central-1:1:abc/v1/GET/scim/v2/Users"})
}

func TestAuthorizer(t *testing.T) { // P-2-2, P-7.5.2-3
	now := time.Unix(1_800_000_000, 0)
	a, log := newAuthorizer(t, tenantstore.Options{Table: testkit.Table(t), Client: &http.Client{}}, now)
	tenants := a.Authenticator.Tenants
	limits := tenant.DefaultLimits()
	limits.Users = 7
	if _, err := tenants.CreateTenant(t.Context(),
		tenant.Tenant{ID: "acme", Profile: tenant.Okta, Limits: limits}); err != nil {
		t.Fatal(err)
	}
	token, c := tenant.NewCredential(tenant.Credential{
		Tenant: "acme", Kind: tenant.BearerToken, Scopes: []tenant.Scope{tenant.Read}, Expires: now.Add(time.Second),
		Subject: "u1"}, now)
	if err := tenants.CreateCredential(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	_, err := authorize(t.Context(), a, token)
	if !errors.As(err, &unauthorized{}) || err.Error() != "Unauthorized" {
		t.Errorf("no scheme: %v", err)
	}
	if !strings.Contains(log.String(), "no tenant has this token") {
		t.Errorf("the log does not say why: %s", log)
	}
	out, err := authorize(t.Context(), a, "bearer "+token)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.PolicyDocument.Statement[0].Resource[0]; got != "arn:aws:execute-api:eu-central-1:1:abc/v1/*/*" {
		t.Errorf("the policy covers %s", got)
	}
	want := map[string]any{
		"tenant": "acme", "profile": "okta", "credential": string(c.KeyID), "subject": "u1",
		"scopes": "read", "expires": "1800000001", "quotas": limits.Quotas(),
	}
	if diff := cmp.Diff(want, out.Context); diff != "" {
		t.Errorf("the context of functions, -want +got:\n%s", diff)
	}
	if out.UsageIdentifierKey != "shared" {
		t.Errorf("requests count for %q", out.UsageIdentifierKey)
	}
	if _, err := tenants.ChangeTenant(t.Context(), "acme", func(t *tenant.Tenant) error {
		t.Key.Value = "own"
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if out, err := authorize(t.Context(), a, "Bearer "+token); err != nil || out.UsageIdentifierKey != "own" {
		t.Errorf("requests count for %q, %v", out.UsageIdentifierKey, err)
	}
	for end, want := range map[time.Time]any{now.Add(time.Minute): "1800000000000 1800000060 values", now: nil} {
		on := tenant.Trace{Began: now, End: end, Values: true}
		if _, err := tenants.ChangeTenant(t.Context(), "acme", func(t *tenant.Tenant) error {
			t.Trace = on
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if out, err := authorize(t.Context(), a, "Bearer "+token); err != nil || out.Context["trace"] != want {
			t.Errorf("a trace until %v: %v, %v", end, out.Context, err)
		}
	}
	err = tenants.ChangeSchemas(t.Context(), "acme",
		func(tenant.Tenant, []tenant.Extension) ([]tenant.Extension, error) {
			return []tenant.Extension{{URN: "urn:acme:User"}}, nil
		})
	if out, e := authorize(t.Context(), a, "Bearer "+token); err != nil || e != nil ||
		len(out.Context["schemas"].(string)) < 10 {
		t.Errorf("the version of the schemas: %v, %v, %v", out.Context["schemas"], err, e)
	}
	if strings.Contains(log.String(), token) || strings.Contains(log.String(), token[30:]) {
		t.Error("the log holds a token")
	}
}

// If the directory can't be reached, the answer is not 401, because a provider might discard its token.
func TestAuthorizerFails(t *testing.T) {
	down := &http.Client{Transport: fault.Script(http.DefaultTransport, fault.Rule{Fault: fault.Refused})}
	a, log := newAuthorizer(t, tenantstore.Options{Table: "none", Client: down, Budget: 50 * time.Millisecond},
		time.Now())
	token, _ := tenant.Issue("acme", nil, time.Now(), time.Time{})
	_, err := authorize(t.Context(), a, "Bearer "+token)
	if !errors.Is(err, tenantstore.ErrUnavailable) || errors.As(err, &unauthorized{}) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(log.String(), `"error":"table: not carried out in time`) ||
		strings.Contains(log.String(), token) {
		t.Errorf("the log says %s", log.String())
	}
}

// TestBaseURLAloneIsNotCounted: a person who opens the base URL has not found a wrong one.
func TestBaseURLAloneIsNotCounted(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	a, _ := newAuthorizer(t, tenantstore.Options{Table: testkit.Table(t), Client: &http.Client{}}, now)
	tenants := a.Authenticator.Tenants
	if _, err := tenants.CreateTenant(t.Context(), tenant.Tenant{ID: "acme", Profile: tenant.Okta}); err != nil {
		t.Fatal(err)
	}
	token, c := tenant.NewCredential(tenant.Credential{Tenant: "acme", Kind: tenant.BearerToken}, now)
	if err := tenants.CreateCredential(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	for i, path := range []string{"GET/scim/v2", "POST/scim/v2", "GET/scim", "GET/x/GET/scim/v2"} {
		if _, err := a.Authorize(t.Context(), events.APIGatewayCustomAuthorizerRequest{
			AuthorizationToken: "Bearer " + token, MethodArn: "arn:aws:execute-api:eu-central-1:1:abc/v1/" + path,
		}); err != nil {
			t.Fatal(err)
		}
		counted := int64(0)
		all, err := tenants.Refusals(t.Context(), "acme", now.Add(-time.Hour))
		for _, r := range all {
			counted += r.Count
		}
		if err != nil || counted != int64(i) {
			t.Errorf("after %s: %d wrong URLs, %v", path, counted, err)
		}
	}
	if c, err := tenants.Credential(t.Context(), c.KeyID); err != nil || !c.Used.IsZero() {
		t.Errorf("used at %v, %v", c.Used, err)
	}
}

func TestIsEndpoint(t *testing.T) {
	const api = "arn:aws:execute-api:eu-central-1:1:api/v1/GET/"
	for path, want := range map[string]bool{
		"scim/v2/Users":           true,
		"scim/v2/Users/1":         true,
		"scim/v2/.search":         true,
		"scim/v2/Groups/":         true,
		"scim/v2//Users":          false,
		"Users":                   false,
		"scim/v2/scim/v2/Users":   false,
		"scim/v2":                 false,
		"scim/v2/users":           false,
		"":                        false,
		"scim/v2/Users/Users":     false,
		"scim/v2/Users/Groups":    false,
		"scim/v2/Groups/Groups/1": false,
	} {
		if got := isEndpoint(api + path); got != want {
			t.Errorf("isEndpoint of %q is %v", path, got)
		}
	}
}
