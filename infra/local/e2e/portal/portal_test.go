// Package portal_test tests the setup page in a browser, through the local stack.
package portal_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/infra/local/browser"
	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

var (
	look   = flag.String("look", "", "folder for pictures of every page, narrow and wide, light and dark")
	update = flag.Bool("update", false, "write the pictures of the documents into infra/docs/images")
)

// documented are the pages whose pictures the documents show, with their files.
var documented = map[string]string{
	"acme-overview": "setup-overview.png", "acme-guide": "setup-guide.png",
	"acme-connection": "setup-connection.png", "acme-activity": "setup-activity.png",
}

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is a stack and a browser for all parts of the test.
type bench struct {
	*e2e.Client
	browser *browser.Browser
}

func TestSetupPage(t *testing.T) {
	b := &bench{
		browser: browser.Start(t),
		Client: e2e.Start(t, stack.Options{Parameters: map[string]string{
			"AuthorizerCacheSeconds": "0", "SupportContact": "help@example.com",
		}}),
	}
	t.Run("by keyboard from the link to the first request", b.byKeyboard)
	t.Run("each guide to its end", b.toTheEnd)
	t.Run("no page has a barrier", b.withoutBarriers)
}

// invite returns the link to the setup page of a tenant.
func (b *bench) invite(t *testing.T, id, body string) string {
	t.Helper()
	var made admin.Invited
	b.In(t).Operate("POST", "/tenants/"+id+"/invitations", body, &made)
	return made.URL
}

// visit opens the setup page of a tenant in a new session.
func (b *bench) visit(t *testing.T, id, body string) *browser.Page {
	t.Helper()
	p := b.browser.Page(t)
	p.Open(b.invite(t, id, body))
	p.Press("Open the setup page")
	p.Wait("Set up provisioning for")
	return p
}

func (b *bench) byKeyboard(t *testing.T) {
	b.NewTenant(t, "keys", "okta")
	p := b.visit(t, "keys", "")
	if address := p.Value("location.href"); strings.Contains(address, "#") {
		t.Errorf("the address still has the code: %s", address)
	}
	p.Press("Open the guide") // of Okta, for which the tenant is prepared
	p.Wait("Connect Okta")
	p.Press("← All providers")
	p.Wait("Which identity provider do you use?")
	p.Press("Okta")
	p.Wait("Connect Okta")
	p.Press("Create a token")
	p.Wait("Copy these values now")
	check(t, p, "token")
	token := p.Value("[...document.querySelectorAll('[data-copy-value]')].pop().textContent")
	p.Press("Wait for the first request")
	p.Wait("Waiting for the first request")
	provider := b.In(t).With("Bearer " + token)
	provider.Send("GET", "/scim/v2/Users", "") // below the base URL there is no such path
	p.Wait("The token is right, but the URL is not")
	provider.Header.Set("User-Agent", "curl/8.5.0")
	provider.Want(200, "GET", "/Users", "")
	p.Wait("The last request was a test by hand")
	provider.Header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	provider.Want(200, "GET", "/Users", "")
	p.Wait("The client calls itself “Okta SCIM Client 1.0.0”.")
	if p.Value("document.getElementById('announce').textContent") != "Connected" {
		t.Error("a screen reader is not told that the provider is connected")
	}
}

// longName and rightToLeft are names that a page must not break on.
const (
	longName = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" +
		"@subsidiary.example.com"
	rightToLeft = "عبد الرحمن بن محمد"
	hostile     = "<script>document.title='hacked'</script>"
)

// fill gives a tenant users, failures and conflicts with names of all kinds.
func (b *bench) fill(t *testing.T, id tenant.ID) {
	t.Helper()
	other := b.NewTenant(t, id+"-neighbour", "okta")
	mine := b.NewTenant(t, id, "okta")
	for _, name := range []string{"ann@" + string(id), longName, rightToLeft, hostile} {
		mine.Want(201, "POST", "/Users", e2e.User(name))
	}
	mine.Want(409, "POST", "/Users", e2e.User("ann@"+string(id)))
	for _, name := range []string{"secret-holder", "secret-holder-" + longName} {
		other.Want(201, "POST", "/Users", e2e.User(name))
		mine.Want(409, "POST", "/Users", e2e.User(name))
	}
}

// pages are the pages of a session, with a text that each shows when it is filled and when it is empty.
var pages = []struct{ name, path, filled, empty string }{
	{"overview", "/overview", "and requests arrive", "Test the connection at your provider"},
	{"providers", "/guide", "Which identity provider do you use?", "Which identity provider do you use?"},
	{"guide-okta", "/guide/okta", "SCIM connector base URL", "SCIM connector base URL"},
	{"guide-entra", "/guide/entra", "Tenant URL", "Tenant URL"},
	{"guide-entra-oauth", "/guide/entra-oauth", "Token endpoint", "Token endpoint"},
	{"guide-other", "/guide/other", "SCIM connection", "SCIM connection"},
	{"guide-other-oauth", "/guide/other-oauth", "Client authentication", "Client authentication"},
	{"tokens", "/tokens", "In use", "Not used yet"},
	{"connection", "/connection", "Connected", "Waiting for the first request"},
	{"activity", "/activity", "Latest requests", "There are no users yet."},
	{"requests", "/requests", longName, "Open the setup page"},
	{"failed", "/requests?show=failed", "Failed, 409", "Nothing failed"},
	{"conflicts", "/conflicts", "in use outside your identity provider's users", "No conflicts"},
}

func (b *bench) withoutBarriers(t *testing.T) {
	b.fill(t, "filled")
	b.NewTenant(t, "empty", "generic")
	for _, id := range []string{"filled", "empty"} {
		p := b.visit(t, id, "")
		root := strings.TrimSuffix(p.Value("location.href"), "/overview")
		for _, page := range pages {
			want := page.filled
			if id == "empty" {
				want = page.empty
			}
			p.OpenUntil(root+page.path, want)
			check(t, p, id+"-"+page.name)
			if text := p.Value("document.documentElement.innerHTML"); strings.Contains(text, id+"-neighbour") ||
				p.Value("document.title") == "hacked" {
				t.Errorf("%s %s shows another tenant, or runs a name as a script", id, page.name)
			}
		}
	}
	p := b.browser.Page(t)
	p.Open(b.setupURL() + "/")
	p.Wait("Set up user provisioning")
	check(t, p, "door")
	p.Open(b.setupURL() + "/nothing")
	p.Wait("There is no such page")
	check(t, p, "not-found")
}

func (b *bench) setupURL() string {
	return strings.TrimSuffix(b.Stack.BaseURL(), "/scim/v2") + "/setup"
}

// check looks for barriers, and for content that is wider than a narrow screen.
func check(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	for _, v := range p.Barriers() {
		t.Errorf("%s: %s (%s): %s %v", name, v.ID, v.Impact, v.Help, v.Nodes)
	}
	p.Size(390)
	if p.Value("String(document.documentElement.scrollWidth <= 390)") != "true" {
		t.Errorf("%s is wider than a screen of 390 pixels", name)
	}
	p.Size(1440)
	const fits = "String([...document.querySelectorAll('.table')].every(t => t.scrollWidth <= t.clientWidth))"
	if p.Value(fits) != "true" {
		t.Errorf("%s has a table that is wider than a screen of 1440 pixels", name)
	}
	show(t, p, name)
}

// show writes pictures of a page, narrow and wide, light and dark.
func show(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	if file := documented[name]; *update && file != "" {
		write(t, filepath.Join("../../../docs/images", file), p.Picture())
	}
	if *look == "" {
		return
	}
	for suffix, form := range map[string]struct {
		width int64
		dark  bool
	}{"wide": {1440, false}, "wide-dark": {1440, true}, "narrow": {390, false}, "narrow-dark": {390, true}} {
		p.Size(form.width)
		p.Dark(form.dark)
		write(t, filepath.Join(*look, name+"-"+suffix+".png"), p.Screenshot())
	}
	p.Size(1440)
	p.Dark(false)
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
