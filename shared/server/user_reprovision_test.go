package server_test

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

const off = `,"active":false`

// reactivating stores the record of the client's tenant, with the switch on or off.
func (c *client) reactivating(on bool) {
	c.Helper()
	record := tenant.Tenant{ID: c.origin.Caller.Tenant, Profile: tenant.Okta, Reactivate: on}
	if _, err := c.server.Directory.Tenants().CreateTenant(c.Context(), record); err != nil {
		c.Fatal(err)
	}
}

func TestDeactivatedUserIsNamed(t *testing.T) { // P-3.3-7
	c := newClient(t)
	// no record, then one without the switch
	for _, step := range []func(){func() {}, func() { c.reactivating(false) }} {
		step()
		a := c.create("Ann", off+`,"emails":[{"value":"ann@x.org"}]`)
		name := strings.ToUpper(a.Body.Get("userName").Text())
		refused := c.wants(c.send("POST", "/Users", user(name, `,"emails":[{"value":"ann@x.org"}]`)), 409, "uniqueness")
		want := `userName "` + name + `" and emails.value "ann@x.org" are in use by User ` + id(a) +
			`, which is deactivated (conflict ` + string(c.conflicts()[0].ID) + `). ` +
			`If it is the same person,` +
			` activate that user instead of creating another: set active to true by PATCH or PUT of /Users/` +
			id(a) + `; `
		if detail := refused.Body.Get("detail").Text(); !strings.HasPrefix(detail, want) {
			t.Errorf("got %s\nwant %s", detail, want)
		}
		c.unchanged(a)
		c.wants(c.send("DELETE", path(a), ""), 204, "")
	}
}

func TestDeactivatedUserIsReplaced(t *testing.T) {
	t.Parallel()
	hashed := 0
	c := newClient(t, func(o *server.Options) {
		o.Passwords = func(string) (string, error) { hashed++; return "$hash$", nil }
	})
	c.reactivating(true)
	a := c.create("ann", off+`,"title":"Dr","emails":[{"value":"old@x.org"}]`)
	staff := c.createGroup("staff", `,"members":`+value(id(a)))
	// P-3.3-4, P-3.3-5
	b := c.wants(c.send("POST", "/Users", user("Ann", `,"active":true,"externalId":"e1","password":"new",`+
		`"emails":[{"value":"new@x.org"}]`)), 201, "")
	// P-3.3-6, S-3.1-6
	if id(b) != id(a) || b.Header.Get("Location") != base+path(a) || b.Header.Get("ETag") != `W/"2"` || hashed != 1 {
		t.Errorf("%v %s, %d passwords", b.Header, b.Text, hashed)
	}
	// P-3.5.1-2
	got := b.Body.Get("meta").Get("created").JSON()
	if got != a.Body.Get("meta").Get("created").JSON() || !b.Body.Get("title").IsEmpty() ||
		b.Body.Get("userName").Text() != "Ann" {
		t.Errorf("%s", b.Text)
	}
	if got := b.Body.Get("groups").Items(); len(got) != 1 || got[0].Get("value").Text() != id(staff) {
		t.Errorf("the groups are %v", got)
	}
	c.unchanged(b)
	c.finds(`externalId eq "e1" and active eq true`, "1")
	c.finds(`emails.value eq "old@x.org"`, "0")
	c.wants(c.send("POST", "/Users", user("ann", "")), 409, "uniqueness") // is active now
	c.unchanged(b)
	if !strings.Contains(c.log.String(), `"operation":"reactivate"`) {
		t.Errorf("the log says %s", c.log)
	}
}

// The switch is only read if a request would be refused otherwise.
func TestSwitchCostsNoCreateAnything(t *testing.T) { // design: round trips and capacity
	c := newClient(t)
	c.reactivating(true)
	c.create("ann", "")
	c.log.Reset()
	c.create("bob", off)
	if !strings.Contains(c.log.String(), `"calls":1,`) {
		t.Errorf("the log says %s", c.log)
	}
}

// A user without active does not count as deactivated.
func TestActiveOfWhatIsProvisionedAgain(t *testing.T) { // P-3.3-2
	c := newClient(t)
	c.reactivating(true)
	c.create("ann", "")
	c.wants(c.send("POST", "/Users", user("ann", "")), 409, "uniqueness")
	bob := c.create("bob", off)
	still := c.wants(c.send("POST", "/Users", user("bob", off)), 201, "")
	if id(still) != id(bob) || still.Body.Get("active").JSON() != "false" {
		t.Errorf("%s", still.Text)
	}
	b := c.wants(c.send("POST", "/Users", user("bob", "")), 201, "")
	if id(b) != id(bob) || !b.Body.Get("active").IsEmpty() {
		t.Errorf("%s", b.Text)
	}
	c.finds("active eq false", "0")
}

func TestExternalIDOfWhatIsProvisionedAgain(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.reactivating(true)
	for i, tt := range []struct {
		known, sent string
		status      int
	}{{"", "", 201}, {"e", "e", 201}, {"e", "", 201}, {"", "e", 201}, {"e", "f", 409}, {"e", "E", 409}} {
		with := func(id string) string {
			if id == "" {
				return ""
			}
			return `,"externalId":"` + id + `"`
		}
		name := "u" + strconv.Itoa(i)
		a := c.create(name, off+with(tt.known))
		b := c.send("POST", "/Users", user(name, with(tt.sent)))
		if b.StatusCode != tt.status || b.StatusCode == 201 && id(b) != id(a) {
			t.Errorf("%q, then %q: %d %s", tt.known, tt.sent, b.StatusCode, b.Text)
		}
		if tt.status == 409 && strings.Contains(b.Text, "which is deactivated") {
			t.Errorf("perhaps somebody else: %s", b.Text)
		}
	}
}

func TestWhatIsProvisionedAgainObeysTheRules(t *testing.T) { // P-3.5.1-13
	c := newClient(t)
	c.reactivating(true)
	a := c.create("ann", off+`,"emails":[{"value":"1@x.org"},{"value":"2@x.org"}]`)
	bob := c.create("bob", `,"emails":[{"value":"bob@x.org"}]`)
	refused := c.wants(c.send("POST", "/Users", user("ann", `,"emails":[{"value":"bob@x.org"}]`)), 409, "uniqueness")
	detail := refused.Body.Get("detail").Text()
	if !strings.HasPrefix(detail, `emails.value "bob@x.org" is in use by User `+id(bob)) {
		t.Error(detail)
	}
	c.origin.Caller.Limits.EmailsPerUser = 1
	c.wants(c.send("POST", "/Users", user("ann", `,"emails":[{"value":"1@x.org"},{"value":"2@x.org"},`+
		`{"value":"3@x.org"}]`)), 400, "invalidValue")
	c.unchanged(a)
	// as many as before
	c.wants(c.send("POST", "/Users", user("ann", `,"emails":[{"value":"1@x.org"},{"value":"3@x.org"}]`)), 201, "")
}

// No user is added, so the limit on the number of users does not matter.
func TestLimitOfUsersAndWhoIsProvisionedAgain(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.origin.Caller.Limits.Users = 2
	a, _ := c.create("ann", off), c.create("bob", "")
	refused := c.wants(c.send("POST", "/Users", user("ann", "")), 409, "uniqueness")
	detail := refused.Body.Get("detail").Text()
	if !strings.Contains(detail, `userName "ann" is in use by User `+id(a)) ||
		!strings.Contains(detail, "deactivated") {
		t.Error(detail)
	}
	c.reactivating(true)
	c.wants(c.send("POST", "/Users", user("bob", "")), 409, "uniqueness")
	c.wants(c.send("POST", "/Users", user("new", "")), 403, "")
	if b := c.wants(c.send("POST", "/Users", user("ann", "")), 201, ""); id(b) != id(a) {
		t.Errorf("%s", b.Text)
	}
}

func TestDeactivatedUserOfAnotherTenant(t *testing.T) { // P-6-4
	c := newClient(t)
	c.reactivating(true)
	a := c.create("ann", off)
	c.origin.Caller.Tenant = "other"
	c.reactivating(true)
	refused := c.wants(c.send("POST", "/Users", user("ann", "")), 409, "uniqueness")
	if strings.Contains(refused.Text, id(a)) || strings.Contains(refused.Text, "deactivated") {
		t.Errorf("%s", refused.Text)
	}
	c.origin.Caller.Tenant = "acme"
	c.unchanged(a)
}

func TestParallelReprovisioning(t *testing.T) { // P-3.3-14
	c := newClient(t)
	c.reactivating(true)
	a := c.create("ann", off)
	const n = 12
	count := c.race(n, func(i int) answer {
		return c.send("POST", "/Users", user("ann", `,"active":true,"title":"t`+strconv.Itoa(i)+`"`))
	})
	if count[201] != 1 || count[409] != n-1 {
		t.Errorf("statuses %v", count)
	}
	if b := c.get(a); b.Header.Get("ETag") != `W/"2"` || b.Body.Get("active").JSON() != "true" {
		t.Errorf("%s", b.Text)
	}
}

// intruder calls a function before each write of a user, a given number of times.
type intruder struct {
	mu    sync.Mutex
	user  string
	times int
	act   func()
}

func (i *intruder) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	target := r.Header.Get("X-Amz-Target")
	writes := strings.HasSuffix(target, "UpdateItem") || strings.HasSuffix(target, "TransactWriteItems")
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.user != "" && i.times > 0 && writes && strings.Contains(string(body), i.user) {
		i.times--
		i.act()
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Another request changes the user after it was read as deactivated.
func TestReprovisioningIsOvertaken(t *testing.T) {
	t.Parallel()
	const always = 1 << 20
	for _, tt := range []struct {
		name   string
		times  int
		act    func(others *client, ann answer, n int)
		status int
		detail string
	}{
		{"activated", 1, func(o *client, ann answer, _ int) {
			o.patch(ann, `[{"op":"replace","path":"active","value":true}]`)
		}, 409, "match and update that user"},
		{"deleted", 1, func(o *client, ann answer, _ int) { o.send("DELETE", path(ann), "") }, 201, ""},
		{"renamed", 1, func(o *client, ann answer, _ int) {
			o.patch(ann, `[{"op":"replace","path":"userName","value":"anna"}]`)
		}, 201, ""},
		{"changed", 1, func(o *client, ann answer, _ int) {
			o.patch(ann, `[{"op":"replace","path":"title","value":"Dr"}]`)
		}, 201, ""},
		{"an email lost", 1, func(o *client, _ answer, _ int) {
			o.create("bob", `,"emails":[{"value":"ann@x.org"}]`)
		}, 409, `emails.value "ann@x.org" is in use`},
		{"changed for ever", always, func(o *client, ann answer, n int) {
			o.patch(ann, `[{"op":"replace","path":"title","value":"t`+strconv.Itoa(n)+`"}]`)
		}, 503, "busy"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table, between := testkit.Table(t), &intruder{times: tt.times}
			c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, between) })
			others := newClient(t, func(o *server.Options) { o.Directory = open(t, table, http.DefaultTransport) })
			c.reactivating(true)
			ann, n := c.create("ann", off), 0
			between.act = func() { n++; tt.act(others, ann, n) }
			between.user = id(ann)
			a := c.send("POST", "/Users", user("ann", `,"emails":[{"value":"ann@x.org"}]`))
			if a.StatusCode != tt.status || !strings.Contains(a.Body.Get("detail").Text(), tt.detail) || n == 0 ||
				n > 10 {
				t.Errorf("after %d times: %d %s", n, a.StatusCode, a.Text)
			}
			if same := id(a) == id(ann); a.StatusCode == 201 && same != (tt.name == "changed") {
				t.Errorf("%s, was %s", a.Text, ann.Text)
			}
		})
	}
}

// A 409 does not reveal whether an account of the application or another tenant holds a value.
func TestHoldersOutsideLookTheSame(t *testing.T) { // P-6-4
	c := newClient(t)
	accounts := c.server.Directory.Accounts()
	doc := c.create("ann", `,"emails":[{"value":"ann@x.org"}]`)
	body := user("ann", `,"emails":[{"value":"ann@x.org"}]`)
	c.origin.Caller.Tenant = "other"
	elsewhere := c.wants(c.send("POST", "/Users", body), 409, "uniqueness")
	c.origin.Caller.Tenant = "acme"
	c.wants(c.send("DELETE", path(doc), ""), 204, "")
	held := directory.AccountContent{Content: directory.Content{Doc: doc.Body.Without("id").Without("meta")}}
	if _, err := accounts.Create(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	c.origin.Caller.Tenant = "other"
	account := c.wants(c.send("POST", "/Users", body), 409, "uniqueness")
	if account.Text != elsewhere.Text || !strings.Contains(account.Text, "outside your identity provider's users") {
		t.Errorf("account   %s\nelsewhere %s", account.Text, elsewhere.Text)
	}
}
