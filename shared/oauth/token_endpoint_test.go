package oauth

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
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

// endpoint is a token endpoint. budget is the time for a call of the table; 0 means the usual one.
func endpoint(
	t *testing.T, table string, transport http.RoundTripper, budget time.Duration,
) (*Endpoint, *strings.Builder) {
	t.Helper()
	tenants, err := tenantstore.Open(tenantstore.Options{
		Table: table, Endpoint: testkit.Endpoint(t), Client: &http.Client{Transport: transport}, Budget: budget,
	})
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	log := slog.New(slog.NewJSONHandler(&text, nil))
	keys := &accesstoken.Keyring{Service: "here", Now: time.Now,
		Read: func(context.Context) ([]accesstoken.Version, error) {
			return []accesstoken.Version{{Text: strings.Repeat("s", 40)}}, nil
		}}
	return &Endpoint{
		Authenticator: &access.Authenticator{Tenants: tenants, Keys: keys, Log: log, Now: time.Now}, Log: log,
		Now: time.Now,
	}, &text
}

// answer is the response to a token request.
type answer struct {
	*http.Response
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"`
	Scope       string
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

func send(t *testing.T, e *Endpoint, method string, form url.Values, header http.Header) answer {
	t.Helper()
	r := httptest.NewRequest(method, Path+"?client_secret=ignored", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	a := answer{Response: w.Result()}
	err := json.Unmarshal(w.Body.Bytes(), &a)
	if err != nil || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%v: %v %s", err, a.Header, w.Body)
	}
	return a
}

func basic(id, secret string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(id, secret)
	return r.Header
}

func TestToken(t *testing.T) {
	t.Parallel()
	e, log := endpoint(t, testkit.Table(t), http.DefaultTransport, 0)
	tenants := e.Authenticator.Tenants
	if _, err := tenants.CreateTenant(t.Context(), tenant.Tenant{ID: "acme", Profile: tenant.Entra}); err != nil {
		t.Fatal(err)
	}
	secret, c := tenant.NewCredential(tenant.Credential{
		Tenant: "acme", Kind: tenant.ClientSecret, Scopes: []tenant.Scope{tenant.Read, tenant.Write},
	}, time.Now())
	if err := tenants.CreateCredential(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	id := string(c.Client)
	unknown, _ := tenant.Issue("acme", nil, time.Now(), time.Time{})
	form := func(pairs ...string) url.Values {
		v := url.Values{"grant_type": {"client_credentials"}}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		return v
	}
	body := func(pairs ...string) url.Values {
		return form(append(pairs, "client_id", id, "client_secret", secret)...)
	}
	json := http.Header{"Content-Type": {"application/json"}}
	var tokens []string
	for name, tt := range map[string]struct {
		form   url.Values
		header http.Header
		status int
		want   string // the scope, or the code
	}{
		"in the header":   {form(), basic(id, secret), 200, "read write"},
		"percent-encoded": {form(), basic(id, strings.ReplaceAll(secret, "_", "%5F")), 200, "read write"},
		"behind several blanks": {form(), http.Header{
			"Authorization": {strings.Replace(basic(id, secret).Get("Authorization"), "Basic ", "BASIC   ", 1)},
		}, 200, "read write"},
		"in the body":                {body(), nil, 200, "read write"},
		"an id in both":              {form("client_id", id), basic(id, secret), 200, "read write"},
		"parameters of no meaning":   {body("resource", "x", "resource", "y"), nil, 200, "read write"},
		"a narrower scope":           {body("scope", "read"), nil, 200, "read"},
		"write, which includes read": {body("scope", "write"), nil, 200, "read write"},
		"a wider scope":              {body("scope", "read admin"), nil, 400, "invalid_scope"},
		"another grant type": {
			url.Values{"grant_type": {"password"}, "client_id": {id}, "client_secret": {secret}},
			nil, 400, "unsupported_grant_type",
		},
		"no grant type": {
			url.Values{"client_id": {id}, "client_secret": {secret}}, nil, 400, "invalid_request",
		},
		"the same parameter twice":  {body("client_id", id), nil, 400, "invalid_request"},
		"both ways":                 {body(), basic(id, secret), 400, "invalid_request"},
		"two ids":                   {form("client_id", "x"), basic(id, secret), 400, "invalid_request"},
		"JSON":                      {body(), json, 400, "invalid_request"},
		"too large":                 {body("x", strings.Repeat("x", maxBody)), nil, 413, "invalid_request"},
		"no client":                 {form(), nil, 401, "invalid_client"},
		"no secret, but one in URL": {form("client_id", id), nil, 401, "invalid_client"},
		"another scheme": {
			form(), http.Header{"Authorization": {"Bearer " + secret}}, 401, "invalid_client",
		},
		"an unknown secret":          {form(), basic(id, unknown), 401, "invalid_client"},
		"garbage":                    {form(), basic(id, "%zz"), 401, "invalid_client"},
		"an unknown client":          {form(), basic("nobody", secret), 401, "invalid_client"},
		"an unknown client, no form": {nil, basic("nobody", unknown), 400, "invalid_request"},
	} {
		a := send(t, e, "POST", tt.form, tt.header)
		if a.StatusCode != tt.status || a.Scope+a.Code != tt.want {
			t.Errorf("%s: %d %+v, want %d %s", name, a.StatusCode, a, tt.status, tt.want)
		}
		if (a.StatusCode == 401) != strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s: WWW-Authenticate %q", name, a.Header.Get("WWW-Authenticate"))
		}
		if a.StatusCode == 200 {
			tokens = append(tokens, a.AccessToken)
			grant, err := e.Authenticator.Bearer(t.Context(), a.TokenType+" "+a.AccessToken)
			if err != nil || grant.Tenant.ID != "acme" || a.ExpiresIn != 3600 {
				t.Errorf("%s: %+v, %v", name, a, err)
			}
		}
	}
	if a := send(t, e, "GET", nil, nil); a.StatusCode != 405 || a.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %d %v", a.StatusCode, a.Header)
	}
	for _, text := range append(tokens, secret, unknown) {
		if strings.Contains(log.String(), text) {
			t.Fatal("the log holds a secret") // P-7.5.2-3
		}
	}
}

func TestTokenOutOfReach(t *testing.T) {
	t.Parallel()
	e, log := endpoint(t, "none", fault.Script(http.DefaultTransport, fault.Rule{Fault: fault.Refused}), time.Second)
	secret, c := tenant.NewCredential(tenant.Credential{Kind: tenant.ClientSecret}, time.Now())
	a := send(t, e, "POST", url.Values{"grant_type": {"client_credentials"}}, basic(string(c.Client), secret))
	if a.StatusCode != 503 || a.Code != "temporarily_unavailable" || a.Header.Get("Retry-After") == "" ||
		!strings.Contains(log.String(), `"level":"ERROR"`) {
		t.Errorf("%d %+v %s", a.StatusCode, a, log)
	}
}
