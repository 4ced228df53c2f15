package access_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/access"
	"scimserver/shared/accesstoken"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is an Authenticator with a table of its own and a clock that tests move.
type bench struct {
	*testing.T
	*access.Authenticator
	now time.Time
	log strings.Builder
}

func newBench(t *testing.T, transport http.RoundTripper) *bench {
	t.Helper()
	b := &bench{T: t, now: time.Now()}
	tenants, err := tenantstore.Open(tenantstore.Options{
		Table: testkit.Table(t), Endpoint: testkit.Endpoint(t), Client: &http.Client{Transport: transport},
		Budget: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	secret := []accesstoken.Version{{Text: strings.Repeat("s", 40), Created: b.now}}
	clock := func() time.Time { return b.now }
	keys := &accesstoken.Keyring{Service: "here", Now: clock,
		Read: func(context.Context) ([]accesstoken.Version, error) { return secret, nil }}
	log := slog.New(slog.NewJSONHandler(&b.log, nil))
	b.Authenticator = &access.Authenticator{Tenants: tenants, Keys: keys, Log: log, Now: clock}
	for _, id := range []tenant.ID{"acme", "globex"} {
		_, err := tenants.CreateTenant(t.Context(), tenant.Tenant{ID: id, Name: string(id), Profile: tenant.Okta})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// issue makes a credential like a model. Its scopes are read and write unless the model
// has others.
func (b *bench) issue(model tenant.Credential) (string, tenant.Credential) {
	b.Helper()
	if model.Tenant == "" {
		model.Tenant = "acme"
	}
	if model.Scopes == nil {
		model.Scopes = []tenant.Scope{tenant.Read, tenant.Write}
	}
	text, c := tenant.NewCredential(model, b.now)
	if err := b.Tenants.CreateCredential(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	return text, c
}

func (b *bench) token(model tenant.Credential) string {
	b.Helper()
	model.Kind = tenant.BearerToken
	text, _ := b.issue(model)
	return text
}

func (b *bench) secret(model tenant.Credential) (string, tenant.Credential) {
	b.Helper()
	model.Kind = tenant.ClientSecret
	return b.issue(model)
}

// accessToken exchanges a client's secret for an access token.
func (b *bench) accessToken(secret string, c tenant.Credential) (string, accesstoken.Claims) {
	b.Helper()
	grant, err := b.Client(b.Context(), string(c.Client), secret)
	if err != nil {
		b.Fatal(err)
	}
	token, claims, err := b.IssueToken(b.Context(), grant)
	if err != nil {
		b.Fatal(err)
	}
	return token, claims
}

func (b *bench) revoke(id tenant.KeyID) {
	b.Helper()
	revoked := func(c *tenant.Credential) error { c.Revoked = b.now; return nil }
	if _, err := b.Tenants.EditCredential(b.Context(), "acme", id, revoked); err != nil {
		b.Fatal(err)
	}
}

// setState sets the state of tenant globex.
func (b *bench) setState(state tenant.State) {
	b.Helper()
	change := func(t *tenant.Tenant) error { t.State = state; return nil }
	if _, err := b.Tenants.ChangeTenant(b.Context(), "globex", change); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) wantInvalid(name, header string) {
	b.Helper()
	if grant, err := b.Bearer(b.Context(), header); !errors.Is(err, access.ErrInvalidCredential) {
		b.Errorf("%s: %+v, %v; want ErrInvalidCredential", name, grant, err)
	}
}

func TestBearer(t *testing.T) { // P-2-2, P-2-4, P-2-6, P-7.4-3
	b := newBench(t, http.DefaultTransport)
	good := b.token(tenant.Credential{Expires: b.now.Add(time.Hour), Subject: "u1"})
	suspended, revoked := b.token(tenant.Credential{Tenant: "globex"}), b.token(tenant.Credential{})
	b.setState(tenant.Suspended)
	keyID, _ := tenant.Parse(revoked)
	b.revoke(keyID)
	secret, _ := b.secret(tenant.Credential{})
	unknown, _ := tenant.Issue("acme", nil, b.now, time.Time{})
	for name, header := range map[string]string{
		"no header": "", "no scheme": good, "another scheme": "Basic " + good, "garbage": "Bearer scim_x_y",
		"an unknown key id": "Bearer " + unknown, "a key id with another secret": "Bearer " + swapped(good, unknown),
		"revoked": "Bearer " + revoked, "of a suspended tenant": "Bearer " + suspended,
		"a client secret": "Bearer " + secret, "not a JWT": "Bearer a.b.c", "no space": "Bearer" + good,
		"a tab": "Bearer\t" + good, "only spaces": "Bearer   ",
	} {
		b.wantInvalid(name, header)
	}
	grant, err := b.Bearer(t.Context(), "bearer "+good)
	if err != nil || grant.Tenant.ID != "acme" || grant.Tenant.Profile != tenant.Okta ||
		grant.Credential.Subject != "u1" || len(grant.Scopes) != 2 ||
		grant.Expires.Unix() != b.now.Add(time.Hour).Unix() {
		t.Errorf("%+v, %v", grant, err)
	}
	// RFC 9110 section 11.4: the scheme in any case, 1*SP
	for _, scheme := range []string{"Bearer ", "Bearer   ", "BEARER ", "bEaReR  "} {
		if _, err := b.Bearer(t.Context(), scheme+good); err != nil {
			t.Errorf("%q followed by a token: %v", scheme, err)
		}
	}
	b.setState(tenant.Active)
	if _, err := b.Bearer(t.Context(), "Bearer "+suspended); err != nil {
		t.Errorf("active again: %v", err)
	}
	b.now = b.now.Add(time.Hour)
	b.wantInvalid("expired", "Bearer "+good)
}

// swapped returns a well-formed token with the key id of a and the secret of b.
func swapped(a, b string) string {
	secret := b[strings.LastIndex(b, "_")+1:]
	body := a[:strings.LastIndex(a, "_")+1] + secret[:26]
	return body + tenant.Checksum(body)
}

func TestSecretsCantBeGuessed(t *testing.T) { // P-7.4-1, P-7.7-3
	seen := map[string]bool{}
	for range 1000 {
		token, _ := tenant.Issue("acme", nil, time.Now(), time.Time{})
		secret := token[strings.LastIndex(token, "_")+1:][:26] // the checksum follows
		if strings.Trim(secret, "abcdefghijklmnopqrstuvwxyz234567") != "" || seen[secret] {
			t.Fatalf("secret %q is not 26 random letters of 5 bits each, or occurs twice", secret)
		}
		seen[secret] = true
	}
}

func TestAccessToken(t *testing.T) {
	b := newBench(t, http.DefaultTransport)
	secret, c := b.secret(tenant.Credential{})
	token, claims := b.accessToken(secret, c)
	if claims.Expires != claims.Issued.Add(time.Hour) {
		t.Errorf("expires at %v", claims.Expires)
	}
	grant, err := b.Bearer(t.Context(), "Bearer "+token)
	if err != nil || grant.Tenant.ID != "acme" || grant.Credential.KeyID != c.KeyID ||
		grant.Expires.Unix() != claims.Expires.Unix() {
		t.Errorf("%+v, %v", grant, err)
	}
	for name, change := range map[string]func(*access.Grant){
		"narrower": func(g *access.Grant) { g.Scopes = []tenant.Scope{tenant.Read} },
		"wider":    func(g *access.Grant) { g.Scopes = []tenant.Scope{tenant.Read, "admin"} },
	} {
		requested := grant
		change(&requested)
		token, _, err := b.IssueToken(t.Context(), requested)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.Bearer(t.Context(), "Bearer "+token)
		if err != nil || !slices.Equal(got.Scopes, []tenant.Scope{tenant.Read}) {
			t.Errorf("%s: %v, %v", name, got.Scopes, err)
		}
	}
	b.revoke(c.KeyID)
	b.wantInvalid("of a secret that has since been revoked", "Bearer "+token)
	brief, c := b.secret(tenant.Credential{Expires: b.now.Add(time.Minute)})
	if _, claims := b.accessToken(brief, c); claims.Expires.Unix() != b.now.Add(time.Minute).Unix() {
		t.Errorf("expires after its secret: %v", claims.Expires)
	}
	other, c := b.secret(tenant.Credential{Tenant: "globex"})
	token, _ = b.accessToken(other, c)
	b.setState(tenant.Deleting)
	b.wantInvalid("of a tenant that is being deleted", "Bearer "+token)
}

func TestClient(t *testing.T) {
	b := newBench(t, http.DefaultTransport)
	first, c := b.secret(tenant.Credential{})
	second, _ := b.secret(tenant.Credential{Client: c.Client})
	foreign, other := b.secret(tenant.Credential{Tenant: "globex"})
	for _, secret := range []string{first, second} {
		if _, err := b.Client(t.Context(), string(c.Client), secret); err != nil {
			t.Errorf("one of two secrets: %v", err)
		}
	}
	bearer := b.token(tenant.Credential{})
	bearerID, _ := tenant.Parse(bearer)
	for name, tt := range map[string][2]string{
		"no id": {"", first}, "another client's id": {string(other.Client), first},
		"another client's secret": {string(c.Client), foreign}, "a bearer token": {"", bearer},
		"a bearer token with its key id": {string(bearerID), bearer}, "no secret": {string(c.Client), ""},
	} {
		if _, err := b.Client(t.Context(), tt[0], tt[1]); !errors.Is(err, access.ErrInvalidCredential) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUsed: the use of a credential is recorded once an hour. If that fails, the request still
// succeeds.
func TestUsed(t *testing.T) {
	fails, longest := false, time.Duration(0) // the longest time that recording may take
	b := newBench(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		if fails && strings.HasSuffix(r.Header.Get("X-Amz-Target"), "UpdateItem") {
			end, _ := r.Context().Deadline()
			longest = max(longest, time.Until(end))
			return nil, errors.New("down")
		}
		return http.DefaultTransport.RoundTrip(r)
	}))
	used := func(token string) time.Time {
		if _, err := b.Bearer(t.Context(), "Bearer "+token); err != nil {
			t.Fatal(err)
		}
		keyID, _ := tenant.Parse(token)
		c, err := b.Tenants.Credential(t.Context(), keyID)
		if err != nil {
			t.Fatal(err)
		}
		return c.Used
	}
	token := b.token(tenant.Credential{})
	first := used(token)
	if time.Since(first) > time.Minute || !used(token).Equal(first) {
		t.Errorf("used %v", first)
	}
	fails = true
	// One second in AWS, and five on a local engine. A call that a request depends on may take 20 s.
	if at := used(b.token(tenant.Credential{})); !at.IsZero() || longest == 0 || longest > 5*time.Second {
		t.Errorf("used %v, and recording may take %v", at, longest)
	}
	if !strings.Contains(b.log.String(), "was not recorded") || strings.Contains(b.log.String(), token) {
		t.Errorf("the log says %s", b.log.String())
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestOutOfReach: if the table can't be read, the credential is not called invalid.
func TestOutOfReach(t *testing.T) {
	b := newBench(t, http.DefaultTransport)
	token := b.token(tenant.Credential{})
	down := &http.Client{Transport: fault.Script(http.DefaultTransport, fault.Rule{Fault: fault.Refused})}
	tenants, err := tenantstore.Open(tenantstore.Options{
		Table: "none", Endpoint: testkit.Endpoint(t), Client: down, Budget: 50 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Tenants = tenants
	_, err = b.Bearer(t.Context(), "Bearer "+token)
	if !errors.Is(err, tenantstore.ErrUnavailable) || errors.Is(err, access.ErrInvalidCredential) {
		t.Errorf("%v", err)
	}
}
