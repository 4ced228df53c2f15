package console_test

import (
	"flag"
	"os"
	"slices"
	"testing"

	"scimserver/infra/local/browser"
)

// pictures are written to infra/docs/images by: go test ./infra/scimctl/console -run TestConsole -pictures
var pictures = flag.Bool("pictures", false, "take the pictures of infra/docs/images again")

// inBrowser is a tab that has opened the link of a console.
func inBrowser(b *bench) *browser.Page {
	b.Helper()
	p := browser.Start(b.T).Page(b.T)
	p.Open(b.start(b.env))
	p.Wait("Each customer, and whether provisioning works.")
	return p
}

// keyboardOnly finds a tenant, opens a conflict and resolves it, without a mouse.
func keyboardOnly(p *browser.Page, d data) {
	p.Helper()
	p.Press("Acme Inc.")
	p.Wait("What to do")
	p.Press("Show conflicts")
	p.Wait("Need attention")
	p.Press("keyboard@acme.example")
	p.Wait("What you can do")
	p.Press("Connect…")
	p.Wait("The provider's next request takes over keyboard@acme.example")
	p.Press("Connect the account")
	p.Wait("The connection is approved")
	p.Wait("The approval is valid until")
}

// accessible: axe-core finds no serious barrier on any page. Some, which have all components, are looked
// at in dark colours, too.
func accessible(p *browser.Page, base string, d data) {
	p.Helper()
	conflict := "/tenants/acme/conflicts/" + d.conflicts[0]
	light := []string{
		"/tenants?prefix=nobody", "/people?value=ann@acme.example", "/tenants/acme/users", "/tenants/acme/groups",
		"/tenants/acme/groups/" + d.group, "/tenants/acme/teams", "/tenants/acme/teams/" + d.team, conflict,
		conflict + "/delete", "/tenants/acme/events", "/tenants/acme/credentials", "/tenants/acme/credentials/new",
		"/tenants/acme/credentials/" + d.key, "/tenants/acme/settings", "/tenants/acme/trace",
		"/tenants/acme/trace/start", "/tenants/acme/invitations", "/tenants/acme/invitations/new", "/tenants/nobody",
		"/tenants/acme/schemas", "/tenants/acme/schemas/new", "/table",
	}
	both := []string{
		"/tenants", "/tenants/acme", "/tenants/acme/conflicts", conflict + "/release", "/tenants/acme/log",
		"/tenants/acme/users/" + d.ann,
	}
	for _, path := range slices.Concat(both, light) {
		p.Open(base + path)
		p.Until("!document.querySelector('[data-live]')")
		noBarriers(p, path)
	}
	p.Dark(true)
	defer p.Dark(false)
	for _, path := range both {
		p.Open(base + path)
		noBarriers(p, path+" in dark colours")
	}
}

func noBarriers(p *browser.Page, where string) {
	p.Helper()
	for _, v := range p.Barriers() {
		if v.Impact == "serious" || v.Impact == "critical" {
			p.Errorf("%s: %s: %s %v", where, v.ID, v.Help, v.Nodes)
		}
	}
}

// fits: no page is wider than a telephone, whatever the names are.
func fits(p *browser.Page, base string, d data) {
	p.Helper()
	p.Size(390)
	for _, path := range []string{
		"/tenants", "/tenants/acme", "/tenants/acme/users", "/tenants/acme/groups/" + d.group, "/tenants/acme/log",
		"/tenants/acme/conflicts", "/tenants/acme/conflicts/" + d.conflicts[0], "/tenants/acme/users/" + d.long,
	} {
		p.Open(base + path)
		if wide := p.Value("String(document.documentElement.scrollWidth)"); wide != "390" {
			p.Errorf("%s is %s pixels wide", path, wide)
		}
	}
	p.Size(1440)
}

// inPictures takes the pictures of the documents.
func inPictures(p *browser.Page, base string) {
	p.Helper()
	if !*pictures {
		return
	}
	p.Open(base + "/tenants/acme")
	p.Until("!document.querySelector('[data-live]')")
	if err := os.WriteFile("../../docs/images/console-tenant.png", p.Picture(), 0o644); err != nil {
		p.Fatal(err)
	}
}

// usedInBrowser runs the parts that need a browser, in one.
func usedInBrowser(c *client, d data) {
	p := inBrowser(c.bench)
	base := p.Value("location.origin + location.pathname.replace(/\\/$/, '')")
	keyboardOnly(p, d)
	for name, part := range map[string]func(*browser.Page){
		"accessible": func(p *browser.Page) { accessible(p, base, d) },
		"fits":       func(p *browser.Page) { fits(p, base, d) },
	} {
		c.Run(name, func(t *testing.T) {
			own := *p
			own.TB = t
			part(&own)
		})
	}
	inPictures(p, base)
}
