package portal_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/infra/local/browser"
	"scimserver/infra/local/e2e"
	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/portal"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantstore"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// gallery is a setup page over a table of its own, at a time that the test moves. It brings the pages into states
// that are rare or take long to reach, so it runs only with -look, and with -update for the pictures
// of the documents.
type gallery struct {
	*testing.T
	browser *browser.Browser
	service *admin.Service
	dir     *directory.Directory
	db      *table.DB
	url     string
	ahead   atomic.Int64 // how far the clock is ahead, in nanoseconds
	// denied and throttled let all queries fail.
	denied, throttled atomic.Bool
}

func TestStates(t *testing.T) {
	if *look == "" && !*update {
		t.Skip("it writes pictures, with -look or -update")
	}
	g := newGallery(t)
	t.Run("documents", g.documents)
	if *look == "" {
		return
	}
	t.Run("without JavaScript", g.withoutScript)
	t.Run("links", g.links)
	t.Run("tokens", g.tokens)
	t.Run("trouble", g.trouble)
	t.Run("view-only", g.viewOnly)
	t.Run("failures", g.failures)
	t.Run("large", g.large)
}

func newGallery(t *testing.T) *gallery {
	t.Helper()
	g := &gallery{T: t, browser: browser.Start(t)}
	name, err := testkit.Table(t), error(nil)
	if g.db, err = table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t)}); err != nil {
		t.Fatal(err)
	}
	g.dir, err = directory.Open(directory.Options{
		Table: name, Endpoint: testkit.Endpoint(t), Now: g.now, Budget: 5 * time.Second,
		Client: &http.Client{Transport: fault.Script(http.DefaultTransport,
			fault.Rule{Operation: "Query", Calls: func(int) bool { return g.denied.Load() }, Fault: fault.Denied},
			fault.Rule{Operation: "Query", Calls: func(int) bool { return g.throttled.Load() }, Fault: fault.Throttled},
		)},
	})
	if err != nil {
		t.Fatal(err)
	}
	var pages http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	g.url = strings.Replace(server.URL, "127.0.0.1", "localhost", 1) + "/setup"
	g.service = admin.New(admin.Options{Directory: g.dir, Now: g.now, SetupURL: g.url})
	pages, err = portal.New(portal.Options{
		Service: g.service, BaseURL: "https://scim.example.com/scim/v2", Support: "help@example.com", Now: g.now,
		Log: slog.New(slog.DiscardHandler), Prefix: func(*http.Request) string { return "" },
		RequestID: func(context.Context) string { return rand.Text() },
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func (g *gallery) now() time.Time { return time.Now().UTC().Add(time.Duration(g.ahead.Load())) }

// invite makes a tenant if there is none, and returns a link to its setup page.
func (g *gallery) invite(t *testing.T, id tenant.ID, name string, role tenant.Role) string {
	t.Helper()
	profile := tenant.Okta
	change := admin.TenantChange{Name: &name, Profile: &profile}
	_, err := g.service.CreateTenant(t.Context(), admin.NewTenant{ID: id, TenantChange: change})
	if err != nil && !errors.Is(err, tenantstore.ErrExists) {
		t.Fatal(err)
	}
	made, err := g.service.Invite(t.Context(), id, admin.NewInvitation{Role: role, Maker: "arn:aws:iam::1:user/ann"})
	if err != nil {
		t.Fatal(err)
	}
	return made.URL
}

// visit opens the setup page of a tenant.
func (g *gallery) visit(t *testing.T, id tenant.ID, name string, role tenant.Role) *browser.Page {
	t.Helper()
	p := g.browser.Page(t)
	p.Open(g.invite(t, id, name, role))
	p.Wait("Open the setup page")
	send(p, "open")
	p.Wait("Set up provisioning for")
	return p
}

// send sends the form of a page whose address ends so.
func send(p *browser.Page, action string) {
	p.Helper()
	p.Value(`document.querySelector('main form[action$="` + action + `"]').submit() ?? ""`)
}

// documents takes the pictures of the documents.
func (g *gallery) documents(t *testing.T) {
	p := g.visitOld(t, "acme", "Acme Inc.")
	check(t, p, "acme-overview")
	p.Open(g.url + "/guide/okta")
	check(t, p, "acme-guide")
	made, err := g.service.CreateCredential(t.Context(), "acme", admin.NewCredential{Name: "Okta"})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.dir.NoteAgent(t.Context(), "acme", made.Key, "Okta SCIM Client 1.0.0"); err != nil {
		t.Fatal(err)
	}
	g.growth(t, "acme", 1_600)
	g.requests(t, "acme", made.Key, []provlog.Entry{
		{Operation: "create", Kind: "User", Name: "ann.lee@acme.example", Status: 201},
		{Operation: "patch", Kind: "Group", Name: "Engineering", Status: 200, Changed: []string{"members"}},
		{Operation: "create", Kind: "User", Name: "bob.ito@acme.example", Status: 409, Type: "uniqueness",
			Detail: `userName "bob.ito@acme.example" is in use outside your identity provider's users (conflict ` +
				"eyuxz75rvwlh). Assign another value at the identity provider, or ask help@example.com to free it, " +
				"quoting conflict eyuxz75rvwlh. Then provision the user again."},
		{
			Operation: "patch", Kind: "User", Name: "kim.berg@acme.example", Status: 200,
			Changed: []string{"active=false"},
		},
		{Operation: "replace", Kind: "User", Name: "eva.rossi@acme.example", Status: 200, Changed: []string{"title"}},
	})
	for _, page := range []string{"connection", "activity"} {
		p.Open(g.url + "/" + page)
		check(t, p, "acme-"+page)
	}
	if *look != "" {
		for _, page := range []string{"guide/okta", "activity"} {
			p.Open(g.url + "/" + page)
			p.Size(720)
			p.Print()
			write(t, filepath.Join(*look, "print-"+filepath.Base(page)+".png"), p.Screenshot())
			p.Dark(false)
		}
	}
}

func (g *gallery) links(t *testing.T) {
	link := g.invite(t, "links", "Acme", tenant.SetupRole)
	p := g.browser.Page(t)
	p.Open(link)
	p.Wait("Open the setup page")
	check(t, p, "link")
	send(p, "open")
	p.Wait("Set up provisioning for")
	p.Open(g.url)
	p.Wait("Continue with Acme")
	check(t, p, "link-in-session")
	p.Open(g.url + "?again#" + link[strings.Index(link, "#")+1:])
	send(p, "open")
	p.Wait("This link does not work")
	check(t, p, "link-used")
	expired := g.invite(t, "links", "Acme", tenant.SetupRole)
	g.ahead.Store(int64(8 * 24 * time.Hour))
	p.Open(expired)
	p.Wait("Open the setup page")
	send(p, "open")
	p.Wait("This link does not work")
	check(t, p, "link-expired")
	p.Open(g.url + "/overview")
	p.Wait("There is no session in this browser")
	check(t, p, "session-ended")
	g.ahead.Store(0)
}

func (g *gallery) tokens(t *testing.T) {
	p := g.visit(t, "tokens", rightToLeft+" والشركاء", tenant.SetupRole)
	check(t, p, "names-right-to-left-overview")
	p.Open(g.url + "/tokens")
	check(t, p, "tokens-none")
	p.Open(g.url + "/guide/okta")
	send(p, "/tokens")
	p.Wait("Copy these values now")
	check(t, p, "token-made")
	p.Open(g.url + "/connection")
	p.Wait("Waiting for the first request")
	check(t, p, "connection-waiting")
	p.Open(g.url + "/guide/entra-oauth")
	send(p, "/tokens")
	p.Wait("Copy these values now")
	check(t, p, "token-made-oauth")
	p.Open(g.url + "/tokens")
	p.Press("Rotate")
	p.Wait("Create the new client secret")
	check(t, p, "rotate")
	send(p, "/rotate")
	p.Wait("Copy these values now")
	check(t, p, "rotated")
	p.Open(g.url + "/tokens")
	p.Value(`document.getElementById("field-name").value = "` + strings.Repeat(longName, 2) + `"`)
	send(p, "/tokens")
	p.Wait("at most 100")
	check(t, p, "tokens-422")
	p.Value(`document.querySelector('main form [name=csrf]').value = "old"`)
	send(p, "/tokens")
	p.Wait("no longer valid")
	check(t, p, "form-of-earlier-session")
}

func (g *gallery) trouble(t *testing.T) {
	p := g.visit(t, "trouble", strings.Repeat("Very Long Company Name ", 8)+"Limited", tenant.SetupRole)
	made := g.credential(t, "trouble")
	for _, cause := range []tenant.RefusalCause{
		tenant.WrongPath, tenant.WrongSecret, tenant.WrongKind, tenant.RevokedCredential, tenant.MissingScope,
		tenant.InactiveTenant, tenant.UnknownCredential,
	} {
		g.ahead.Add(int64(2 * time.Second))
		r := tenant.Refusal{
			Tenant: "trouble", Credential: made.Key, Cause: cause, Count: 1, Last: g.now(),
			Hour: g.now().Truncate(time.Hour),
		}
		if cause == tenant.UnknownCredential {
			r.Tenant, r.Credential = "", ""
		}
		if err := g.dir.Tenants().AddRefusal(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		p.Open(g.url + "/connection")
		check(t, p, "trouble-"+string(cause))
	}
	p.Open(g.url + "/overview")
	check(t, p, "trouble-overview")
}

func (g *gallery) credential(t *testing.T, id tenant.ID) admin.Issued {
	t.Helper()
	made, err := g.service.CreateCredential(t.Context(), id, admin.NewCredential{Name: longName})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func (g *gallery) viewOnly(t *testing.T) {
	p := g.visit(t, "view-only", "Acme", tenant.ViewRole)
	check(t, p, "view-only-overview")
	for _, page := range []string{"tokens", "guide/okta", "connection"} {
		p.Open(g.url + "/" + page)
		check(t, p, "view-only-"+strings.ReplaceAll(page, "/", "-"))
	}
	made := g.credential(t, "view-only")
	p.Open(g.url + "/tokens")
	check(t, p, "view-only-tokens-some")
	p.Open(g.url + "/tokens/" + string(made.Key) + "/rotate")
	p.Wait("Your link is view-only")
	check(t, p, "view-only-refused")
}

// failures are the pages of a service that fails, and of one that is busy.
func (g *gallery) failures(t *testing.T) {
	p := g.visit(t, "failures", "Acme", tenant.SetupRole)
	for name, of := range map[string]struct {
		fails *atomic.Bool
		want  string
	}{
		"failure-500": {&g.denied, "Something went wrong"}, "failure-503": {&g.throttled, "The service is busy"},
	} {
		of.fails.Store(true)
		p.Open(g.url + "/activity")
		p.Wait(of.want)
		check(t, p, name)
		of.fails.Store(false)
	}
	g.agents(t, p)
}

// agents are the states of a connection by the client that was seen.
func (g *gallery) agents(t *testing.T, p *browser.Page) {
	t.Helper()
	made := g.credential(t, "failures")
	for name, agent := range map[string]string{
		"connection-by-hand": "curl/8.5.0", "connection-client": "Okta SCIM Client 1.0.0",
	} {
		if err := g.dir.NoteAgent(t.Context(), "failures", made.Key, agent); err != nil {
			t.Fatal(err)
		}
		p.OpenUntil(g.url+"/connection", agent)
		check(t, p, name)
		p.Open(g.url + "/overview")
		check(t, p, name+"-overview")
	}
}

// large are the sizes that the pages are made for.
func (g *gallery) large(t *testing.T) {
	p := g.visitOld(t, "large", hostile+" "+longName)
	made := g.credential(t, "large")
	g.growth(t, "large", 9_980)
	g.conflicts(t, "large", 500)
	g.requests(t, "large", made.Key, entries())
	for _, page := range []string{
		"overview", "tokens", "connection", "activity", "requests", "requests?show=failed", "conflicts",
		"conflicts?from=475",
	} {
		p.Open(g.url + "/" + page)
		check(t, p, "large-"+strings.NewReplacer("?show=", "-", "?from=", "-").Replace(page))
	}
	p.Open(g.url + "/activity")
	p.Wait("Latest requests")
	p.Value(`document.querySelectorAll("details").forEach(d => d.open = true) ?? ""`)
	check(t, p, "large-activity-numbers")
}

// visitOld is visit for a tenant that is a month old.
func (g *gallery) visitOld(t *testing.T, id tenant.ID, name string) *browser.Page {
	t.Helper()
	g.ahead.Store(-int64(31 * 24 * time.Hour))
	g.invite(t, id, name, tenant.SetupRole)
	g.ahead.Store(0)
	return g.visit(t, id, name, tenant.SetupRole)
}

// growth counts users, who came within a month.
func (g *gallery) growth(t *testing.T, id tenant.ID, users int64) {
	t.Helper()
	pk, today := "T#"+string(id)+"#", g.now().Truncate(24*time.Hour)
	writes := []table.Write{
		table.Put(table.Key{PK: pk + "COUNT#USER", SK: "00"}, table.Item{"n": users}),
		table.Put(table.Key{PK: pk + "COUNT#GROUP", SK: "00"}, table.Item{"n": users / 40}),
	}
	for ago := range int64(29) {
		writes = append(writes, table.Put(table.Key{
			PK: pk + "LOGDAYS", SK: today.AddDate(0, 0, -int(ago)-1).Format("20060102"),
		}, table.Item{
			"succeeded": (310 + ago*ago*7%530) * users / 10_000, "failed": ago * ago * 11 % 37 * users / 10_000,
			"created": (100 + ago*ago*13%410) * users / 10_000, "deleted": ago % 5 * users / 10_000,
		}))
	}
	if err := g.db.Transact(t.Context(), func(table.Stamp) []table.Write { return writes }); err != nil {
		t.Fatal(err)
	}
}

// conflicts records conflicts with users of another tenant, and some with the tenant's own.
func (g *gallery) conflicts(t *testing.T, id tenant.ID, n int) {
	t.Helper()
	other := id + "-neighbour"
	g.invite(t, other, "Neighbour", tenant.SetupRole)
	work, ctx := errgroup.WithContext(t.Context())
	work.SetLimit(8)
	for i := range n {
		name := fmt.Sprintf("person-%03d@example.com", i)
		switch {
		case i%25 == 3:
			name = fmt.Sprintf("%03d-%s", i, longName)
		case i%25 == 7:
			name = fmt.Sprintf("%s %d", rightToLeft, i)
		}
		holder := other
		if i%25 == 11 {
			holder = id
		}
		work.Go(func() error { return g.conflict(ctx, holder, id, name) })
	}
	if err := work.Wait(); err != nil {
		t.Fatal(err)
	}
}

// conflict lets a tenant try to create a user whose name another one, or its own user, has.
func (g *gallery) conflict(ctx context.Context, holder, id tenant.ID, name string) error {
	doc, err := scim.ParseJSON(e2e.User(name))
	if err != nil {
		return err
	}
	if _, err := g.dir.For(holder).Users().Create(ctx, directory.Content{Doc: doc}); err != nil {
		return err
	}
	_, err = g.dir.For(id).Users().Create(ctx, directory.Content{Doc: doc})
	taken, ok := errors.AsType[*directory.TakenError](err)
	if !ok {
		return fmt.Errorf("%s is not taken: %w", name, err)
	}
	_, err = g.dir.For(id).Conflicts().Record(ctx, taken)
	return err
}

// entries are entries of the log of all kinds.
func entries() []provlog.Entry {
	return []provlog.Entry{
		{Operation: "create", Kind: "User", Name: "ann@example.com", Status: 201},
		{Operation: "create", Kind: "User", Name: longName, Status: 201},
		{Operation: "patch", Kind: "User", Name: rightToLeft, Status: 200, Changed: []string{"active=false"}},
		{Operation: "patch", Kind: "Group", Name: "Engineering", Status: 200, Changed: []string{"members"},
			Skipped: []scim.ID{"1"}, SkippedCount: 12},
		{Operation: "create", Kind: "User", Name: "bob@example.com", Status: 409, Type: "uniqueness",
			Detail: "The userName bob@example.com is in use by another user of this service. " +
				"To have it freed, contact help@example.com and quote conflict 2f6c1c0d9a."},
		{Operation: "replace", Kind: "User", Name: hostile, Status: 503},
		{Operation: "patch", Kind: "User", ID: "0198c7a4-3df2-7cc1-9c3b-3f7a45d0aa11", Status: 500},
		{Operation: "delete", Kind: "Group", Name: "Old " + strings.Repeat("team ", 30), Status: 204},
		{Operation: "rotate", Kind: "Credential", Name: longName, Status: 201, Operator: "setup page"},
		{Operation: "release", Kind: "Conflict", Status: 200, Operator: "arn:aws:iam::1:user/ann"},
	}
}

// requests fills the log with the entries, several times.
func (g *gallery) requests(t *testing.T, id tenant.ID, key tenant.KeyID, entries []provlog.Entry) {
	t.Helper()
	for i := range 60 {
		e := entries[i%len(entries)]
		e.Time, e.Request = g.now().Add(-time.Duration(i*37+1)*time.Minute), rand.Text()
		if e.Operator == "" {
			e.Credential = key
		}
		if err := g.dir.For(id).Log().Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
}

func (g *gallery) withoutScript(t *testing.T) {
	p := g.visit(t, "noscript", "Acme", tenant.SetupRole)
	g.credential(t, "noscript")
	p.WithoutScript()
	for _, page := range []string{"", "/connection", "/guide/okta", "/activity"} {
		p.Open(g.url + page)
		show(t, p, "noscript"+strings.ReplaceAll(page, "/", "-"))
	}
}
