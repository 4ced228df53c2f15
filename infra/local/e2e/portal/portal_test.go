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
)

var look = flag.String("look", "", "folder for pictures of every page, narrow and wide, light and dark")

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
	p.Press("Open the guide")
	p.Wait("Which identity provider do you use?")
	p.Press("Okta")
	p.Wait("Connect Okta")
	p.Press("Make a token")
	p.Wait("Copy these values now")
	token := p.Value("[...document.querySelectorAll('[data-copy-value]')].pop().textContent")
	p.Press("Wait for the first request")
	p.Wait("Waiting for the first request")
	provider := b.In(t).With("Bearer " + token)
	provider.Send("GET", "/scim/v2/Users", "") // below the base URL there is no such path
	p.Wait("The token is right, but the URL is not")
	provider.Want(200, "GET", "/Users", "")
	p.Wait("Connected")
	if p.Value("document.getElementById('announce').textContent") != "Connected" {
		t.Error("a screen reader is not told that the provider is connected")
	}
}

// show writes pictures of a page, narrow and wide, light and dark.
func show(t *testing.T, p *browser.Page, name string) {
	t.Helper()
	if *look == "" {
		return
	}
	for suffix, form := range map[string]struct {
		width int64
		dark  bool
	}{"wide": {1440, false}, "wide-dark": {1440, true}, "narrow": {390, false}, "narrow-dark": {390, true}} {
		p.Size(form.width)
		p.Dark(form.dark)
		if err := os.WriteFile(filepath.Join(*look, name+"-"+suffix+".png"), p.Picture(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.Size(1440)
	p.Dark(false)
}
