package console_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/infra/local/browser"
	"scimserver/infra/scimctl/console"
	"scimserver/shared/admin"
)

// The pictures of all pages, and of their large and odd states, are taken by:
//
//	go test ./infra/scimctl/console -run TestGallery -timeout 30m -gallery FOLDER
var (
	gallery = flag.String("gallery", "", "take pictures of all pages, wide and narrow, light and dark, to `FOLDER`")
	persons = flag.Int("users", 10_000, "with -gallery: how many users the large tenant has")
	only    = flag.String("only", "", "with -gallery: only pages whose names contain this `TEXT`")
)

// TestGallery takes pictures of the pages in their states, for people who judge how they look. It also looks
// for barriers, and for pages that are wider than a telephone.
func TestGallery(t *testing.T) {
	if *gallery == "" {
		t.Skip("it takes pictures for people: give it a folder with -gallery")
	}
	b := newBench(t)
	d := b.seed()
	large := b.seedLarge(*persons)
	b.seedStates(d)
	tab := browser.Start(t).LongPage(t, time.Hour)
	tab.Open(b.start(os.Environ(), "-env-file", b.envFile(), "-table", b.stack.TableName()))
	base := openBase(tab)
	for _, p := range slices.Concat(listPages(d, large), onePages(d, large), changePages(d)) {
		p.photograph(tab, base)
	}
	photographTable(tab, base)
	photographFindings(tab)
	photographWaiting(tab)
	b.photographErrors(tab)
}

// openBase waits for the console and returns the address that its pages begin with.
func openBase(tab *browser.Page) string {
	tab.Until("!!document.querySelector('.side')")
	return tab.Value("location.origin + '/' + location.pathname.split('/')[1]")
}

// shot is a page of the gallery.
type shot struct{ name, path string }

// photograph takes the pictures of a page.
func (s shot) photograph(tab *browser.Page, base string) {
	tab.Helper()
	if !strings.Contains(s.name, *only) {
		return
	}
	tab.Open(base + s.path)
	tab.Until("!document.querySelector('[data-live]:not([data-live=unseen], #trace)')")
	s.asItIs(tab)
}

// asItIs takes the pictures of the page that the tab shows.
func (s shot) asItIs(tab *browser.Page) {
	tab.Helper()
	for _, width := range []int64{1440, 390} {
		for _, dark := range []bool{false, true} {
			tab.Size(width)
			tab.Dark(dark)
			name := fmt.Sprintf("%s-%d-%s.png", s.name, width, map[bool]string{true: "dark", false: "light"}[dark])
			if err := os.WriteFile(filepath.Join(*gallery, name), tab.Picture(), 0o644); err != nil {
				tab.Fatal(err)
			}
		}
	}
	if wide := tab.Value("String(document.documentElement.scrollWidth)"); wide != "390" {
		tab.Errorf("%s is %s pixels wide", s.name, wide)
	}
	tab.Size(1440)
	tab.Dark(false)
	const fits = "String([...document.querySelectorAll('.table')].every(t => t.scrollWidth <= t.clientWidth))"
	if tab.Value(fits) != "true" {
		tab.Errorf("%s has a table that is wider than a screen of 1440 pixels", s.name)
	}
	noBarriers(tab, s.name)
}

func listPages(d data, large largeData) []shot {
	return []shot{
		{"tenants", "/tenants"}, {"tenants-none", "/tenants?prefix=nobody"}, {"people", "/people"},
		{"people-found", "/people?value=ann@acme.example"}, {"people-none", "/people?value=nobody"},
		{"overview", "/tenants/acme"}, {"overview-large", "/tenants/large"}, {"overview-empty", "/tenants/empty"},
		{"overview-long", "/tenants/" + large.longTenant},
		{"users", "/tenants/acme/users"}, {"users-large", "/tenants/large/users"},
		{"users-empty", "/tenants/empty/users"},
		{"users-none", "/tenants/acme/users?value=nobody"}, {"groups", "/tenants/acme/groups"},
		{"groups-empty", "/tenants/empty/groups"}, {"teams", "/tenants/acme/teams"},
		{"teams-empty", "/tenants/empty/teams"},
		{"conflicts", "/tenants/acme/conflicts"}, {"conflicts-large", "/tenants/large/conflicts"},
		{"conflicts-empty", "/tenants/empty/conflicts"}, {"log", "/tenants/acme/log"},
		{"log-failed", "/tenants/acme/log?failed=yes"}, {"log-empty", "/tenants/empty/log?since=1h"},
		{"events", "/tenants/acme/events"}, {"events-empty", "/tenants/empty/events"},
		{"credentials", "/tenants/acme/credentials"}, {"credentials-empty", "/tenants/empty/credentials"},
		{"invitations", "/tenants/acme/invitations"}, {"invitations-empty", "/tenants/empty/invitations"},
		{"schemas", "/tenants/acme/schemas"}, {"schemas-empty", "/tenants/empty/schemas"},
		{"trace", "/tenants/acme/trace"}, {"trace-empty", "/tenants/empty/trace"},
	}
}

func onePages(d data, large largeData) []shot {
	return []shot{
		{"user", "/tenants/acme/users/" + d.ann}, {"user-long", "/tenants/acme/users/" + d.long},
		{"user-right-to-left", "/tenants/acme/users/" + large.dina},
		{"group", "/tenants/acme/groups/" + d.group}, {"group-large", "/tenants/large/groups/" + large.group},
		{"team", "/tenants/acme/teams/" + d.team}, {"conflict", "/tenants/acme/conflicts/" + d.conflicts[0]},
		{"conflict-approved", "/tenants/acme/conflicts/" + d.conflicts[1]},
		{"credential", "/tenants/acme/credentials/" + d.key}, {"schema", "/tenants/acme/schemas/" + urn},
		{"settings", "/tenants/acme/settings"},
	}
}

func changePages(d data) []shot {
	conflict := "/tenants/acme/conflicts/" + d.conflicts[0]
	return []shot{
		{"conflict-connect", conflict + "/connect"}, {"conflict-release", conflict + "/release"},
		{"conflict-delete", conflict + "/delete"}, {"conflict-dismiss", conflict + "/dismiss"},
		{"credential-new", "/tenants/acme/credentials/new"}, {"credential-issued", "/tenants/acme/credentials/issued"},
		{"credential-rotate", "/tenants/acme/credentials/" + d.key + "/rotate"},
		{"credential-revoke", "/tenants/acme/credentials/" + d.key + "/revoke"},
		{"invitation-new", "/tenants/acme/invitations/new"}, {"schema-new", "/tenants/acme/schemas/new"},
		{"schema-change", "/tenants/acme/schemas/" + urn + "/change"},
		{"schema-remove", "/tenants/acme/schemas/" + urn + "/remove"}, {"suspend", "/tenants/acme/suspend"},
		{"rename", "/tenants/acme/rename"}, {"team-rename", "/tenants/acme/teams/" + d.team + "/rename"},
		{"trace-start", "/tenants/acme/trace/start"}, {"trace-end", "/tenants/acme/trace/end"},
		{"error-no-tenant", "/tenants/nobody"}, {"error-no-page", "/nothing"},
	}
}

// press sends the form of the page that the tab shows.
func press(tab *browser.Page, address string) {
	tab.Helper()
	tab.Open(address)
	tab.Until("(() => { document.querySelector('main form[method=post] .button').click(); return true })()")
}

// photographTable takes pictures of the check, and of pages that only a form leads to.
func photographTable(tab *browser.Page, base string) {
	tab.Helper()
	shot{"table-ready", "/table"}.photograph(tab, base)
	press(tab, base+"/table")
	tab.Until("!!document.querySelector('progress') || document.body.innerText.includes('Last check')")
	shot{name: "table-first"}.asItIs(tab)
	tab.Wait("Last check")
	shot{name: "table-result"}.asItIs(tab)
	for name, of := range map[string]struct{ form, text string }{
		"credential-made": {"/tenants/acme/credentials/new", "Copy the secret now"},
		"invitation-made": {"/tenants/acme/invitations/new", "Copy the link now"},
		"schema-refused":  {"/tenants/acme/schemas/new", "Nothing was changed"},
	} {
		press(tab, base+of.form)
		tab.Wait(of.text)
		shot{name: name}.asItIs(tab)
	}
}

// photographFindings takes pictures of a check that is halfway, and of one that has found much.
func photographFindings(tab *browser.Page) {
	tab.Helper()
	report := console.TableReport{
		Number: 1200, Totals: console.TableTotals{
			Read: "3000 items in 2s, for 400 read units", Contents: "1000 users, 12 groups",
		},
	}
	for i := range 120 {
		report.Findings = append(report.Findings, console.TableFinding{
			Kind: "half membership", Tenant: "acme", Advice: "scimctl verify -repair",
			Text: fmt.Sprintf("user %d is in group 9b2cb8fe-cff8-40d6-be3b-c3de01d690b8, which does not name it", i),
		})
	}
	goOn := make(chan struct{})
	link, _ := inProcess(tab, "http://127.0.0.1:1", console.Options{Table: &console.Table{
		Estimate: estimate,
		Check: func(_ context.Context, say func(console.TableProgress)) (console.TableReport, error) {
			say(console.TableProgress{Percent: 43, Text: "43%, 1290 items, 3s left"})
			<-goOn
			return report, nil
		},
	}})
	tab.Open(link)
	base := openBase(tab)
	press(tab, base+"/table")
	tab.Wait("43%")
	shot{name: "table-running"}.asItIs(tab)
	close(goOn)
	tab.Wait("1200 findings")
	shot{name: "table-findings"}.asItIs(tab)
}

// photographWaiting takes pictures of a list whose tenants have no health yet, because the service is slow.
func photographWaiting(tab *browser.Page) {
	tab.Helper()
	goOn := make(chan struct{})
	defer close(goOn)
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/health") {
			select {
			case <-goOn:
			case <-r.Context().Done():
			}
			return
		}
		_ = json.NewEncoder(w).Encode(admin.TenantList{Tenants: []admin.Tenant{
			{ID: "acme", Name: "Acme Inc."}, {ID: "globex", Name: "Globex"}, {ID: "initech", Name: "Initech"},
		}})
	})
	api := httptest.NewServer(slow)
	tab.Cleanup(api.Close)
	link, _ := inProcess(tab, api.URL, console.Options{})
	tab.Open(link)
	tab.Wait("Reading…")
	shot{name: "tenants-waiting"}.asItIs(tab)
}

// photographErrors takes pictures of the pages that say what is wrong.
func (b *bench) photographErrors(tab *browser.Page) {
	b.Helper()
	for name, of := range map[string]string{
		"error-unreachable": "http://127.0.0.1:1",
		"error-401":         answering(b.T, 401, "Missing Authentication Token"),
		"error-403":         answering(b.T, 403, "User: arn:aws:iam::1:user/eve is not authorized to perform this"),
		"error-expired":     answering(b.T, 403, "The security token included in the request is expired"),
		"error-422":         answering(b.T, 422, "the service does not understand this"),
		"error-500":         answering(b.T, 500, "the operation failed"),
	} {
		tab.Open(b.start(append(slices.Clone(b.env), "ADMIN_URL="+of)))
		base := openBase(tab)
		shot{name, "/tenants/acme/users"}.photograph(tab, base)
		if name == "error-unreachable" {
			shot{"table-none", "/table"}.photograph(tab, base)
			tab.Open(base[:strings.LastIndex(base, "/")] + "/open/again")
			shot{name: "error-no-session"}.asItIs(tab)
		}
	}
}
