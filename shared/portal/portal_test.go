package portal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/portal"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is a portal with a table of its own, the tenants acme and globex, and a clock that the test sets.
type bench struct {
	*testing.T
	service *admin.Service
	handler http.Handler
	now     time.Time
	log     bytes.Buffer
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, now: time.Now().UTC()}
	at := func() time.Time { return b.now }
	dir, err := directory.Open(directory.Options{Table: testkit.Table(t), Endpoint: testkit.Endpoint(t), Now: at})
	if err != nil {
		t.Fatal(err)
	}
	b.service = admin.New(admin.Options{Directory: dir, Now: at, SetupURL: "https://scim.example.com/setup"})
	b.handler, err = portal.New(portal.Options{
		Service: b.service, Support: "help@example.com", Now: at, Log: slog.New(slog.NewJSONHandler(&b.log, nil)),
		Prefix:    func(*http.Request) string { return "/v1" },
		RequestID: func(context.Context) string { return rand.Text() },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []tenant.ID{"acme", "globex"} {
		name := "Tenant <" + string(id) + ">"
		made := admin.NewTenant{ID: id, TenantChange: admin.TenantChange{Name: &name}}
		if _, err := b.service.CreateTenant(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// invite returns the code of a link, and the id of the invitation.
func (b *bench) invite(id tenant.ID, role tenant.Role) (string, tenant.InvitationID) {
	b.Helper()
	made, err := b.service.Invite(
		b.Context(),
		id,
		admin.NewInvitation{Role: role, Maker: "arn:aws:iam::1:user/secret-operator"},
	)
	if err != nil {
		b.Fatal(err)
	}
	_, code, _ := strings.Cut(made.URL, "#")
	return code, made.ID
}

// browser sends requests with a cookie, as a browser on the setup page does.
type browser struct {
	*bench
	cookie string
	header http.Header
}

func (b *bench) browser() *browser {
	return &browser{b, "", http.Header{"Sec-Fetch-Site": {"same-origin"}}}
}

func (c *browser) send(method, path string, form url.Values) *httptest.ResponseRecorder {
	c.Helper()
	r := httptest.NewRequestWithContext(
		c.Context(),
		method,
		"https://scim.example.com"+path,
		strings.NewReader(form.Encode()),
	)
	r.Header = c.header.Clone()
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if c.cookie != "" {
		r.AddCookie(&http.Cookie{Name: "__Host-setup", Value: c.cookie})
	}
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	if csp := w.Header().Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") {
		c.Errorf("%s %s: Content-Security-Policy %q", method, path, csp)
	}
	if policy := w.Header().Get("Referrer-Policy"); policy != "no-referrer" {
		c.Errorf("%s %s: Referrer-Policy %q", method, path, policy)
	}
	return w
}

// open exchanges a code and keeps the cookie.
func (c *browser) open(code string) *httptest.ResponseRecorder {
	c.Helper()
	w := c.send("POST", "/setup/open", url.Values{"code": {code}})
	for _, cookie := range w.Result().Cookies() {
		c.cookie = cookie.Value
	}
	return w
}

// visit opens the setup page in a new browser.
func (b *bench) visit(id tenant.ID, role tenant.Role) *browser {
	b.Helper()
	c := b.browser()
	code, _ := b.invite(id, role)
	if w := c.open(code); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/v1/setup/overview" {
		b.Fatalf("open: %d %s", w.Code, w.Header().Get("Location"))
	}
	return c
}

var formToken = regexp.MustCompile(`name="csrf" value="([0-9a-f]+)"`)

// token returns the token that forms of the session carry.
func (c *browser) token() string {
	c.Helper()
	found := formToken.FindStringSubmatch(c.send("GET", "/setup/overview", nil).Body.String())
	if found == nil {
		c.Fatal("the overview has no form with a token")
	}
	return found[1]
}

func (c *browser) want(status int, method, path string, form url.Values) string {
	c.Helper()
	w := c.send(method, path, form)
	if w.Code != status {
		c.Errorf("%s %s: %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	return strings.ReplaceAll(w.Body.String(), "<wbr>", "") // places where a URL may be broken
}

func TestSessionCookie(t *testing.T) {
	b := newBench(t)
	c := b.browser()
	c.cookie = "session.acme.planted" // by an attacker who wants to know the key of the session beforehand
	code, _ := b.invite("acme", tenant.SetupRole)
	w := c.open(code)
	set := w.Header().Get("Set-Cookie")
	for _, part := range []string{
		"__Host-setup=session.acme.", "Path=/", "Max-Age=43200", "HttpOnly", "Secure", "SameSite=Lax",
	} {
		if !strings.Contains(set, part) {
			t.Errorf("Set-Cookie is %q, which lacks %q", set, part)
		}
	}
	if strings.Contains(set, "planted") || strings.Contains(set, "Domain") {
		t.Errorf("Set-Cookie is %q", set)
	}
	c.want(200, "GET", "/setup/overview", nil)
	b.now = b.now.Add(tenant.SessionLife)
	if w := c.send("GET", "/setup/overview", nil); w.Code != 303 || w.Header().Get("Location") != "/v1/setup?ended" {
		t.Errorf("after the session: %d %s", w.Code, w.Header().Get("Location"))
	}
	if page := c.want(200, "GET", "/setup?ended", nil); !strings.Contains(page, "There is no session in this browser") {
		t.Error("the page does not say why it asks for a code")
	}
}

func TestSessionIsEnded(t *testing.T) {
	b := newBench(t)
	code, _ := b.invite("acme", tenant.SetupRole)
	c := b.browser()
	c.open(code)
	c.want(303, "POST", "/setup/leave", url.Values{"csrf": {c.token()}})
	c.want(303, "GET", "/setup/overview", nil)
	code, id := b.invite("acme", tenant.SetupRole)
	c.open(code)
	c.want(200, "GET", "/setup/overview", nil)
	if _, err := b.service.RevokeInvitation(t.Context(), "acme", id); err != nil {
		t.Fatal(err)
	}
	c.want(303, "GET", "/setup/overview", nil)
}

// A program that opens the links in a mail does not use a link up, and nobody learns why a code does not work.
func TestLinks(t *testing.T) {
	b := newBench(t)
	code, _ := b.invite("acme", tenant.SetupRole)
	for range 3 {
		b.browser().want(200, "GET", "/setup", nil)
	}
	b.visit("acme", tenant.SetupRole)
	if w := b.browser().open(code); w.Code != http.StatusSeeOther {
		t.Errorf("after the previews: %d", w.Code)
	}
	revoked, id := b.invite("acme", tenant.SetupRole)
	if _, err := b.service.RevokeInvitation(t.Context(), "acme", id); err != nil {
		t.Fatal(err)
	}
	unknown, _ := tenant.NewInvitation(tenant.Invitation{Tenant: "nobody"}, b.now)
	answers := map[string]bool{}
	for _, bad := range []string{code, revoked, unknown, "nonsense", ""} {
		w := b.browser().open(bad)
		if w.Code != http.StatusForbidden || w.Header().Get("Set-Cookie") != "" {
			t.Errorf("%q: %d, %q", bad, w.Code, w.Header().Get("Set-Cookie"))
		}
		answers[w.Body.String()] = true
	}
	if len(answers) != 1 {
		t.Errorf("there are %d different answers to codes that do not work", len(answers))
	}
	for _, secret := range []string{code, revoked, unknown} {
		if strings.Contains(b.log.String(), secret) {
			t.Error("the log has a code")
		}
	}
}

func TestForeignForms(t *testing.T) {
	b := newBench(t)
	c := b.visit("acme", tenant.SetupRole)
	form := url.Values{"name": {"x"}, "provider": {"okta"}, "csrf": {c.token()}}
	for name, header := range map[string]http.Header{
		"another site": {"Sec-Fetch-Site": {"cross-site"}}, "a sibling": {"Sec-Fetch-Site": {"same-site"}},
		"another origin": {"Origin": {"https://evil.example"}}, "no header": {},
	} {
		t.Run(name, func(t *testing.T) {
			c.header = header
			says := "another page has sent it"
			if len(header) == 0 {
				says = "has to send the header Origin: https://"
			}
			if page := c.want(403, "POST", "/setup/tokens", form); !strings.Contains(page, says) {
				t.Errorf("%q is not in %s", says, page)
			}
			code, _ := b.invite("globex", tenant.SetupRole)
			if w := c.send("POST", "/setup/open", url.Values{"code": {code}}); w.Code != 403 ||
				w.Header().Get("Set-Cookie") != "" {
				t.Errorf("a foreign form signs in: %d", w.Code)
			}
		})
	}
	c.header = http.Header{"Sec-Fetch-Site": {"same-origin"}}
	other := b.visit("acme", tenant.SetupRole).token()
	for _, token := range []string{"", "0", other} {
		form.Set("csrf", token)
		c.want(403, "POST", "/setup/tokens", form)
	}
	if list, err := b.service.Credentials(t.Context(), "acme", "", 10); err != nil || len(list.Credentials) != 0 {
		t.Errorf("foreign forms made %d credentials, %v", len(list.Credentials), err)
	}
}

func TestTokens(t *testing.T) {
	b := newBench(t)
	c := b.visit("acme", tenant.SetupRole)
	form := url.Values{"name": {" <b>Okta</b> "}, "provider": {"okta"}, "csrf": {c.token()}}
	page := c.want(201, "POST", "/setup/tokens", form)
	token := regexp.MustCompile(`scim_[a-z0-9_]+`).FindString(page)
	key, err := tenant.Parse(token)
	if err != nil {
		t.Fatalf("the page shows no token: %s", page)
	}
	if list := c.want(200, "GET", "/setup/tokens", nil); strings.Contains(list, token) ||
		!strings.Contains(list, "&lt;b&gt;Okta&lt;/b&gt;") {
		t.Error("the list shows the token, or a name that is not escaped")
	}
	form.Set("overlap", "3600")
	confirm := c.want(200, "GET", "/setup/tokens/"+string(key)+"/rotate", nil)
	if !strings.Contains(confirm, `value="entra"`) || strings.Contains(confirm, `value="entra-oauth"`) {
		t.Error("the form does not offer the providers that take a token")
	}
	rotated := c.want(201, "POST", "/setup/tokens/"+string(key)+"/rotate", form)
	if strings.Contains(rotated, token) || !strings.Contains(rotated, "scim_") ||
		!strings.Contains(rotated, "SCIM connector base URL") {
		t.Error("the rotation shows no new token")
	}
	old, err := b.service.Credential(t.Context(), "acme", key)
	if err != nil || old.Expires.Sub(b.now) > time.Hour {
		t.Errorf("the old one expires %v, %v", old.Expires, err)
	}
	form.Set("name", strings.Repeat("ä", 100))
	c.want(201, "POST", "/setup/tokens", form)
	for _, bad := range []string{"", strings.Repeat("x", 101), "a\u202eb"} {
		form.Set("name", bad)
		c.want(422, "POST", "/setup/tokens", form)
	}
	log := c.want(200, "GET", "/setup/requests", nil)
	for _, want := range []string{"Create token", "Rotate token", "Open the setup page"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	if strings.Contains(b.log.String(), token) {
		t.Error("the log has the token")
	}
}

// A new credential is shown under the names that the guide has for the provider's fields.
func TestTokenHasTheNamesOfTheGuide(t *testing.T) {
	b := newBench(t)
	c := b.visit("acme", tenant.SetupRole)
	token := c.token()
	form := c.want(200, "GET", "/setup/tokens", nil)
	slugs := regexp.MustCompile(`<option value="([a-z-]+)"`).FindAllStringSubmatch(form, -1)
	if len(slugs) < 5 {
		t.Fatalf("the form offers %d providers", len(slugs))
	}
	for _, slug := range slugs {
		guide := c.want(200, "GET", "/setup/guide/"+slug[1], nil)
		made := c.want(201, "POST", "/setup/tokens", url.Values{"name": {"x"}, "provider": {slug[1]}, "csrf": {token}})
		labels := regexp.MustCompile(`<span class="label">([^<]+)</span>`).FindAllStringSubmatch(made, -1)
		if len(labels) < 2 {
			t.Errorf("%s: the new credential has %d values", slug[1], len(labels))
		}
		for _, label := range labels {
			if !strings.Contains(guide, label[0]) && !strings.Contains(guide, "<dt>"+label[1]) {
				t.Errorf("%s: the guide has no field %q", slug[1], label[1])
			}
		}
	}
	c.want(400, "POST", "/setup/tokens", url.Values{"name": {"x"}, "provider": {"nobody"}, "csrf": {token}})
}

// A session shows nothing of another tenant, and the role view can change nothing.
func TestIsolation(t *testing.T) {
	b := newBench(t)
	foreign, err := b.service.CreateCredential(
		t.Context(),
		"globex",
		admin.NewCredential{Name: "foreign", Maker: "arn:secret-operator"},
	)
	if err != nil {
		t.Fatal(err)
	}
	c := b.visit("acme", tenant.SetupRole)
	path := "/setup/tokens/" + string(foreign.Key) + "/rotate"
	c.want(404, "GET", path, nil)
	c.want(404, "POST", path, url.Values{"overlap": {"0"}, "csrf": {c.token()}})
	viewer := b.visit("globex", tenant.ViewRole)
	viewer.want(403, "GET", path, nil)
	if list := viewer.want(200, "GET", "/setup/tokens", nil); strings.Contains(list, "Rotate</a>") ||
		!strings.Contains(list, "Your link is view-only") {
		t.Error("the role view is offered to rotate tokens")
	}
	viewer.want(403, "POST", path, url.Values{"overlap": {"0"}, "csrf": {viewer.token()}})
	viewer.want(403, "POST", "/setup/tokens", url.Values{"name": {"x"}, "csrf": {viewer.token()}})
	for _, page := range []string{"/overview", "/tokens", "/connection", "/activity", "/requests", "/conflicts"} {
		text := c.want(200, "GET", "/setup"+page, nil)
		if strings.Contains(text, "globex") || strings.Contains(text, "secret-operator") {
			t.Errorf("%s shows another tenant or an operator", page)
		}
		if !strings.Contains(text, "Tenant &lt;acme&gt;") {
			t.Errorf("%s does not name the tenant, escaped", page)
		}
		b.browser().want(303, "GET", "/setup"+page, nil)
	}
}

func TestUnknownPages(t *testing.T) {
	b := newBench(t)
	for _, path := range []string{"/setup/nothing", "/setup//tokens", "/setup/guide/../tokens"} {
		b.browser().want(404, "GET", path, nil)
	}
	c := b.visit("acme", tenant.ViewRole)
	c.want(404, "GET", "/setup/guide/nothing", nil)
	c.want(404, "GET", "/setup/requests?before=nonsense", nil)
	c.want(200, "GET", "/setup/conflicts?from=-5", nil)
}
