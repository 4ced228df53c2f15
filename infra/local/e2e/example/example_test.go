// Package example_test runs the example application beside a local stack.
package example_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

var seed = flag.Uint64("seed", 1, "of the random traffic")

// TestExample: whatever happens to two tenants, to the application and to the function that
// makes the events, the application's database is equal to the directory in the end.
func TestExample(t *testing.T) {
	e2e.ProcessesOnly(t)
	t.Logf("seed %d", *seed)
	c := e2e.Start(t, stack.Options{Log: t.Output()})
	app := newProgram(t, c.Stack)
	app.start()
	tenants := []*traffic{
		{Client: c, deactivated: map[string]bool{}, app: app},
		{Client: c.NewTenant(t, "other", tenant.Okta), deactivated: map[string]bool{}, app: app},
	}
	for i, x := range tenants {
		x.random = rand.New(rand.NewPCG(*seed, uint64(i)))
		for range 10 {
			x.createUser()
		}
	}
	awaitEqual(t, tenants, app)
	for _, x := range tenants {
		for _, id := range x.users {
			x.logIn(id)
		}
	}
	disturb(t, c.Stack, app, func() {
		var wg sync.WaitGroup
		for _, x := range tenants {
			wg.Go(func() { x.run(testkit.Size(2000, 90)) })
		}
		wg.Wait()
	})
	awaitEqual(t, tenants, app)

	t.Run("logins", func(t *testing.T) { logins(t, tenants, app) })
	t.Run("sessions", func(t *testing.T) { sessions(t, tenants, app) })
	t.Run("roles", func(t *testing.T) { rolesFromGroups(t, tenants, app) })
	t.Run("consumer of the bus", func(t *testing.T) { consumer(t, tenants[0]) })
	t.Run("an expired position", func(t *testing.T) { expired(t, tenants, app) })
}

// disturb kills the application and the function changes again and again while f runs.
func disturb(t *testing.T, s *stack.Stack, app *program, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	for kills := 0; ; kills++ {
		select {
		case <-done:
			t.Logf("%d kills", kills)
			return
		case <-time.After(700 * time.Millisecond):
			s.Kill("ChangesFunction")
			app.kill()
			app.start()
		}
	}
}

// awaitEqual waits until the application has what the directory has.
func awaitEqual(t *testing.T, tenants []*traffic, app *program) {
	t.Helper()
	want := inDirectory(t, tenants)
	var got contents
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		if got = app.printed(); cmp.Equal(got, want, cmpopts.EquateEmpty()) {
			return
		}
	}
	t.Fatalf("the application and the directory (+) differ:\n%s\nlog of the application:\n%s",
		cmp.Diff(got, want, cmpopts.EquateEmpty()), app.log.String())
}

// inDirectory reads users, groups and teams by SCIM and the operator API, in the form that
// the application prints.
func inDirectory(t *testing.T, tenants []*traffic) (all contents) {
	t.Helper()
	for _, x := range tenants {
		for _, u := range x.Want(200, "GET", "/Users?count=1000", "").Get("Resources").Items() {
			p := person{Tenant: string(x.Tenant), ID: u.Get("id").Text(), UserName: u.Get("userName").Text(),
				DisplayName: u.Get("displayName").Text(), ExternalID: u.Get("externalId").Text(), Active: true}
			for _, e := range u.Get("emails").Items() {
				if e.Get("primary").IsTrue() {
					p.Email = e.Get("value").Text()
				}
			}
			if active := u.Get("active"); !active.IsEmpty() {
				p.Active = active.IsTrue()
			}
			all.Users = append(all.Users, p)
		}
		for _, g := range x.Want(200, "GET", "/Groups?count=1000", "").Get("Resources").Items() {
			id := g.Get("id").Text()
			all.Groups = append(all.Groups, "group "+id+" "+g.Get("displayName").Text())
			for _, m := range g.Get("members").Items() {
				all.Members = append(all.Members, "group "+id+" "+m.Get("value").Text())
			}
		}
		x.addTeams(&all)
	}
	slices.SortFunc(all.Users, func(a, b person) int { return strings.Compare(a.ID, b.ID) })
	slices.Sort(all.Groups)
	slices.Sort(all.Members)
	return all
}

func (x *traffic) addTeams(all *contents) {
	x.Helper()
	for after := ""; ; {
		var page struct {
			Teams []struct{ ID, Name string }
			Next  string
		}
		x.Operate("GET", x.path("/teams?after="+after), "", &page)
		for _, team := range page.Teams {
			all.Groups = append(all.Groups, "team "+team.ID+" "+team.Name)
			var members struct{ Members []identified }
			x.Operate("GET", x.path("/teams/"+team.ID+"/members"), "", &members)
			for _, m := range members.Members {
				all.Members = append(all.Members, "team "+team.ID+" "+m.ID)
			}
		}
		if after = page.Next; after == "" {
			return
		}
	}
}

// logins: active users can log in, deactivated and deleted ones are told why not.
func logins(t *testing.T, tenants []*traffic, app *program) {
	for _, u := range inDirectory(t, tenants).Users {
		b, status, text, err := app.logIn(u.UserName)
		switch {
		case err != nil:
			t.Fatal(err)
		case u.Active && (status != http.StatusOK ||
			!strings.Contains(app.home(b), "Logged in as <strong>"+u.UserName)):
			t.Errorf("%v is active: %d, %s", u, status, text)
		case !u.Active && (status != http.StatusForbidden || !strings.Contains(text, "Your account is deactivated.")):
			t.Errorf("%v is deactivated: %d, %s", u, status, text)
		}
	}
	x := tenants[0]
	x.createUser()
	gone := x.Want(201, "POST", "/Users", e2e.User("gone"))
	x.Want(204, "DELETE", "/Users/"+gone.Get("id").Text(), "")
	awaitEqual(t, tenants, app)
	_, status, text, err := app.logIn("gone")
	if status != http.StatusForbidden || !strings.Contains(text, "There is no account") {
		t.Errorf("a deleted user: %d, %v, %s", status, err, text)
	}
}

// sessions: those of users who have lost access have ended, the others have not, although
// the application has been killed in between.
func sessions(t *testing.T, tenants []*traffic, app *program) {
	ended, alive := 0, 0
	for _, x := range tenants {
		for _, v := range x.visits {
			loggedIn := strings.Contains(app.home(v.browser), "Logged in as")
			switch {
			case v.ended && loggedIn:
				t.Errorf("user %s has lost access, and the session goes on", v.user)
			case !x.deactivated[v.user] && !loggedIn:
				t.Errorf("user %s has never lost access, and the session has ended", v.user)
			case v.ended:
				ended++
			case loggedIn:
				alive++
			}
		}
	}
	t.Logf("%d sessions have ended, %d go on", ended, alive)
	if ended == 0 || alive == 0 {
		t.Errorf("%d sessions have ended and %d go on, want some of both", ended, alive)
	}
}

// rolesFromGroups: a role comes from a group, also through a group in it, and goes with it.
func rolesFromGroups(t *testing.T, tenants []*traffic, app *program) {
	x := tenants[0]
	const group = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":%q,` +
		`"members":[{"value":%q}]}`
	user := x.Want(201, "POST", "/Users", e2e.User("role-user")).Get("id").Text()
	inner := x.Want(201, "POST", "/Groups", fmt.Sprintf(group, "Inner", user)).Get("id").Text()
	outer := x.Want(201, "POST", "/Groups", fmt.Sprintf(group, "Administrators", inner)).Get("id").Text()
	awaitEqual(t, tenants, app)
	b, _, _, err := app.logIn("role-user")
	if err != nil || !strings.Contains(app.home(b), "Roles: admin.") {
		t.Errorf("%v, %s", err, app.home(b))
	}
	x.Want(204, "DELETE", "/Groups/"+outer, "")
	awaitEqual(t, tenants, app)
	if text := app.home(b); !strings.Contains(text, "Roles: none.") {
		t.Error(text)
	}
}

// expired: the events after the position are gone, so the application reads everything again.
func expired(t *testing.T, tenants []*traffic, app *program) {
	x := tenants[0]
	app.kill()
	before := x.head()
	x.run(30)
	x.createUser()
	for deadline := time.Now().Add(2 * time.Minute); x.head() == before; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the feed has no new event")
		}
	}
	x.removeEvents()
	app.start()
	awaitEqual(t, tenants, app)
	log := app.log.String()
	if !strings.Contains(log, "local: can't continue") || !strings.Contains(log, "local: reconciled at") {
		t.Error(log)
	}
}

// head is the newest position of the tenant's feed.
func (x *traffic) head() int64 {
	x.Helper()
	var page struct{ Head int64 }
	x.Operate("GET", x.path("/events?limit=1"), "", &page)
	return page.Head
}

// removeEvents removes the events of the tenant, as their expiry does.
func (x *traffic) removeEvents() {
	x.Helper()
	db, err := table.Open(table.Options{Name: x.Stack.TableName(), Endpoint: x.Stack.EngineEndpoint()})
	if err != nil {
		x.Fatal(err)
	}
	var removals []table.Write
	for item, err := range db.Scan(x.Context()) {
		if err != nil {
			x.Fatal(err)
		}
		if pk := item.Text("PK"); strings.HasPrefix(pk, "T#"+string(x.Tenant)+"#EVENTS#") {
			removals = append(removals, table.Delete(table.Key{PK: pk, SK: item.Text("SK")}))
		}
	}
	if err := db.WriteAll(x.Context(), removals); err != nil || len(removals) == 0 {
		x.Fatalf("%d events, %v", len(removals), err)
	}
}
