// Package access_test shows who comes in, with what credential, and what is logged of it.
package access_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// idp is a provider, and the operator of its tenant.
type idp struct{ *e2e.Client }

func newIDP(t *testing.T, o stack.Options) *idp { return &idp{e2e.Start(t, o)} }

// issue makes a credential of the first tenant that may read and write, unless the model says otherwise.
func (p *idp) issue(model tenant.Credential) (string, tenant.Credential) {
	p.Helper()
	if model.Tenant == "" {
		model.Tenant = "local"
	}
	if model.Kind == "" {
		model.Kind = tenant.BearerToken
	}
	if model.Scopes == nil {
		model.Scopes = []tenant.Scope{tenant.Read, tenant.Write}
	}
	text, c := tenant.NewCredential(model, time.Now())
	if err := p.Directory().Tenants().CreateCredential(p.Context(), c); err != nil {
		p.Fatal(err)
	}
	return text, c
}

func (p *idp) revoke(c tenant.Credential) {
	p.Helper()
	revoked := func(c *tenant.Credential) error { c.Revoked = time.Now(); return nil }
	if _, err := p.Directory().Tenants().EditCredential(p.Context(), c.Tenant, c.KeyID, revoked); err != nil {
		p.Fatal(err)
	}
}

func (p *idp) tenant(id tenant.ID, change func(*tenant.Tenant)) (token string) {
	p.Helper()
	record := tenant.Tenant{ID: id, Name: string(id), Profile: tenant.Generic, Limits: tenant.DefaultLimits()}
	token, err := p.Stack.AddTenant(p.Context(), record)
	if err == nil && change != nil {
		_, err = p.Directory().Tenants().ChangeTenant(p.Context(), id,
			func(t *tenant.Tenant) error { change(t); return nil })
	}
	if err != nil {
		p.Fatal(err)
	}
	return token
}

// TestGate: which credentials are accepted, for which requests, and how long.
func TestGate(t *testing.T) {
	var down atomic.Bool
	p := newIDP(t, stack.Options{Parameters: map[string]string{"AuthorizerCacheSeconds": "2"},
		Transport: func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(r *http.Request) (*http.Response, error) {
				if down.Load() && stack.Caller(r) == "AuthorizerFunction" {
					return nil, errors.New("down")
				}
				return next.RoundTrip(r)
			})
		}})
	t.Run("refused tokens", func(t *testing.T) { p.refusedTokens() })
	t.Run("scopes", func(t *testing.T) { p.scopes() })
	t.Run("other refusals", func(t *testing.T) { p.otherRefusals() })
	t.Run("expiry at once, revocation within the cache time", func(t *testing.T) { p.ends() })
	t.Run("access tokens", func(t *testing.T) { p.accessTokens() })
	t.Run("Me", func(t *testing.T) { p.me() })
	t.Run("a tenant at its limit", func(t *testing.T) { p.throttled() })
	t.Run("an authorizer that fails", func(t *testing.T) {
		token, _ := p.issue(tenant.Credential{})
		down.Store(true)
		a := p.With("Bearer "+token).Send("GET", "/Users", "")
		seconds, err := strconv.Atoi(a.Header.Get("Retry-After"))
		if a.Status != http.StatusServiceUnavailable || err != nil || seconds < 1 {
			t.Errorf("%d, Retry-After %q", a.Status, a.Header.Get("Retry-After"))
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (p *idp) refusedTokens() {
	expired, _ := p.issue(tenant.Credential{Expires: time.Now().Add(-time.Second)})
	revoked, c := p.issue(tenant.Credential{})
	p.revoke(c)
	secret, _ := p.issue(tenant.Credential{Kind: tenant.ClientSecret})
	unknown, _ := tenant.Issue("local", nil, time.Now(), time.Time{})
	suspended := p.tenant("suspended", func(t *tenant.Tenant) { t.State = tenant.Suspended })
	token := p.Stack.Token()
	for name, header := range map[string]string{
		"missing":               "",
		"of another scheme":     "Basic " + token, // P-2-6
		"without a scheme":      token,
		"malformed":             "Bearer scim_1_2",
		"more than a token":     "Bearer " + token + " x",
		"of a wrong checksum":   "Bearer " + token[:len(token)-1] + "x",
		"unknown":               "Bearer " + unknown,
		"revoked":               "Bearer " + revoked,
		"expired":               "Bearer " + expired, // P-7.4-3
		"of a suspended tenant": "Bearer " + suspended,
		"a client secret":       "Bearer " + secret,
		"not signed by us":      "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.AAAA", // P-2-4
	} {
		for _, path := range []string{"/Users", "/Me", "/Schemas", "/nowhere"} {
			a := p.With(header).Send("GET", path, "")
			scheme := a.Header.Get("WWW-Authenticate") // P-2-1
			if a.Status != http.StatusUnauthorized || !strings.HasPrefix(scheme, "Bearer ") {
				p.Errorf("%s, %s: %d, WWW-Authenticate %q", name, path, a.Status, scheme)
			}
		}
	}
	if a := p.With("").Send("GET", "/Users?access_token="+token, ""); a.Status != http.StatusUnauthorized { // P-7.4-2
		p.Errorf("a token in the URL: %d", a.Status)
	}
}

func (p *idp) scopes() { // P-2.1-1
	id := p.Want(http.StatusCreated, "POST", "/Users", e2e.User("scopes")).Get("id").Text()
	reading, _ := p.issue(tenant.Credential{Scopes: []tenant.Scope{tenant.Read}})
	writing, _ := p.issue(tenant.Credential{Scopes: []tenant.Scope{tenant.Write}})
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/Users", e2e.User("other")},
		{"PUT", "/Users/" + id, e2e.User("scopes")},
		{"PATCH", "/Users/" + id, "{}"},
		{"DELETE", "/Users/" + id, ""},
		{"POST", "/Groups", "{}"}, {"DELETE", "/Groups/x", ""}, {"DELETE", "/Me", ""},
	} {
		p.With("Bearer "+reading).Want(http.StatusForbidden, c.method, c.path, c.body) // P-2-2
	}
	for _, path := range []string{"/Users", "/Users/" + id, "/Groups", "/Schemas", "/ResourceTypes"} {
		p.With("Bearer "+writing).Want(http.StatusOK, "GET", path, "") // write includes read
	}
	p.With("Bearer "+reading).Want(http.StatusOK, "GET", "/Users/"+id, "")
	p.With("Bearer "+writing).Want(http.StatusNoContent, "DELETE", "/Users/"+id, "")
}

func (p *idp) otherRefusals() {
	for _, c := range []struct {
		method, path, body, header, value string
		status                            int
	}{
		{"GET", "/nowhere", "", "", "", 404},
		{"GET", "/../", "", "", "", 404},
		{"GET", "/../../x", "", "", "", 404},
		{"POST", "/Users/a/b", "{}", "", "", 404},
		{"DELETE", "/Users", "", "", "", 405},
		{"POST", "/ServiceProviderConfig", "{}", "", "", 405},
		{"PUT", "/Groups", "{}", "", "", 405},
		{"POST", "/Users", strings.Repeat("x", 2<<20), "", "", 413},
		{"POST", "/Groups", strings.Repeat("x", 11<<20), "", "", 413},
		{"POST", "/Users", e2e.User("x"), "Content-Type", "text/plain", 415},
		{"POST", "/Me", e2e.User("x"), "", "", 501},
		{"GET", "/Users/", "", "", "", 404},
		{"GET", "//Users", "", "", "", 404},
		{"GET", "/ServiceProviderConfig/", "", "", "", 404},
		{"POST", "/Users", e2e.User("x"), "Content-Encoding", "gzip", 415},
		{"PUT", "/Users/x", e2e.User("x"), "If-None-Match", "*", 404},
		{"GET", "/Users?filter={", "", "", "", 400}, {"GET", "/Users", "", "Accept", "text/html", 406},
	} {
		other := p.With(p.Header.Get("Authorization"))
		if c.header != "" {
			other.Header.Set(c.header, c.value)
		}
		a := other.Send(c.method, c.path, c.body)
		if a.Status != c.status || (c.status == 405) != (a.Header.Get("Allow") != "") {
			p.Errorf("%s %s: %d, Allow %q; want %d", c.method, c.path, a.Status, a.Header.Get("Allow"), c.status)
		}
	}
}

// ends checks the last moments of credentials: expiry holds at once, whatever is
// cached, and a revocation after the cache time of 2 s.
func (p *idp) ends() {
	expires := time.Now().Truncate(time.Second).Add(3 * time.Second)
	brief, _ := p.issue(tenant.Credential{Expires: expires})
	for _, before := range []time.Duration{3 * time.Second, time.Second} {
		time.Sleep(time.Until(expires.Add(-before)))
		a := p.With("Bearer "+brief).Send("GET", "/Users", "")
		if a.Status != http.StatusOK && time.Now().Before(expires) {
			p.Errorf("%d before the expiry", a.Status)
		}
	}
	time.Sleep(time.Until(expires))
	p.With("Bearer "+brief).Want(http.StatusUnauthorized, "GET", "/Users", "")
	revoked, c := p.issue(tenant.Credential{})
	p.With("Bearer "+revoked).Want(http.StatusOK, "GET", "/Users", "")
	p.revoke(c)
	time.Sleep(2 * time.Second)
	p.With("Bearer "+revoked).Want(http.StatusUnauthorized, "GET", "/Users", "")
}

// exchange asks for an access token.
func (p *idp) exchange(id, secret, scope string) (status int, token string) {
	p.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	if scope != "" {
		form.Set("scope", scope)
	}
	res, err := p.HTTP.PostForm(strings.TrimSuffix(p.Stack.BaseURL(), "/scim/v2")+"/oauth2/token", form)
	if err != nil {
		p.Fatal(err)
	}
	defer res.Body.Close()
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		p.Error(err)
	}
	return res.StatusCode, body.AccessToken
}

func (p *idp) accessTokens() {
	secret, c := p.issue(tenant.Credential{Kind: tenant.ClientSecret})
	second, _ := p.issue(tenant.Credential{Kind: tenant.ClientSecret, Client: c.Client})
	for _, one := range []string{secret, second} {
		status, token := p.exchange(string(c.Client), one, "")
		if status != http.StatusOK {
			p.Fatalf("the answer is %d", status)
		}
		id := p.With("Bearer "+token).Want(http.StatusCreated, "POST", "/Users",
			e2e.User("by an access token")).Get("id").Text()
		p.With("Bearer "+token).Want(http.StatusNoContent, "DELETE", "/Users/"+id, "")
	}
	_, narrow := p.exchange(string(c.Client), secret, "read")
	p.With("Bearer "+narrow).Want(http.StatusOK, "GET", "/Users", "")
	p.With("Bearer "+narrow).Want(http.StatusForbidden, "POST", "/Users", e2e.User("x"))
	if status, _ := p.exchange(string(c.Client), p.Stack.Token(), ""); status != http.StatusUnauthorized {
		p.Errorf("a bearer token as a secret: %d", status)
	}
	p.revoke(c)
	time.Sleep(2 * time.Second)
	p.With("Bearer "+narrow).Want(http.StatusUnauthorized, "GET", "/Users", "")
	if status, _ := p.exchange(string(c.Client), secret, ""); status != http.StatusUnauthorized {
		p.Errorf("a revoked secret: %d", status)
	}
}

func (p *idp) me() {
	id := p.Want(http.StatusCreated, "POST", "/Users", e2e.User("me")).Get("id").Text()
	token, _ := p.issue(tenant.Credential{Subject: id})
	own := p.With("Bearer " + token)
	own.Want(http.StatusOK, "PATCH", "/Me", e2e.PatchOp+`[{"op":"add","path":"title","value":"t"}]}`)
	a := own.Send("GET", "/Me", "")
	location := p.Stack.BaseURL() + "/Users/" + id
	if a.Status != http.StatusOK || a.Header.Get("Location") != location ||
		a.Body.Get("meta").Get("location").Text() != location {
		p.Errorf("%d %s %s", a.Status, a.Header.Get("Location"), a.Body.JSON())
	}
	for _, path := range []string{"/Users/" + id, "/Users", "/Groups", "/Schemas", "/ResourceTypes"} {
		own.Want(http.StatusForbidden, "GET", path, "")
	}
	own.Want(http.StatusForbidden, "DELETE", "/Me", "")
	p.Want(http.StatusOK, "GET", "/Users/"+id, "")
	p.Want(http.StatusNotFound, "GET", "/Me", "")
}

// throttled: a tenant of one request a second and 100 at once gets 429, and the other tenant does not
// notice. The rate is so low that the slowest machine exceeds it.
func (p *idp) throttled() {
	modest := p.With("Bearer " + p.tenant("modest", func(t *tenant.Tenant) { t.Limits.RequestsPerSecond = 1 }))
	modest.Want(http.StatusOK, "GET", "/Schemas", "")
	var refused e2e.Answer
	ok := 0
	for ; ok < 400 && refused.Status == 0; ok++ {
		if a := modest.Send("GET", "/Schemas", ""); a.Status != http.StatusOK {
			refused = a
			p.Want(http.StatusOK, "GET", "/Schemas", "")
		}
	}
	seconds, err := strconv.Atoi(refused.Header.Get("Retry-After"))
	if refused.Status != http.StatusTooManyRequests || err != nil || seconds < 1 || ok < 99 {
		p.Fatalf("after %d requests: %d, Retry-After %q", ok, refused.Status, refused.Header.Get("Retry-After"))
	}
	time.Sleep(time.Duration(seconds) * time.Second)
	modest.Want(http.StatusOK, "GET", "/Schemas", "")
}
