// Package groups_test holds what changes of groups leave: in parallel, killed at any
// call of DynamoDB, and in groups of any size.
package groups_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

const (
	groupsFunction = "GroupsFunction"
	usersFunction  = "UsersFunction"
)

// groups is an identity provider that works on groups, on a stack whose calls of
// DynamoDB can fail. Tests share one: to start a stack takes seconds.
type groups struct {
	*e2e.Client
	faults *faults
	db     *table.DB     // past the functions and the faults
	busy   *atomic.Int64 // answers 503, which persist has repeated
	serial *atomic.Int64 // makes names that are new
	silent bool          // changes hears nothing of the table
}

func newGroups(tb testing.TB, o stack.Options) *groups {
	tb.Helper()
	f := &faults{}
	o.Transport = f.wrap
	if o.MaxProcesses == 0 {
		o.MaxProcesses = 6
	}
	parameters := map[string]string{"AuthorizerCacheSeconds": "3600"}
	maps.Copy(parameters, o.Parameters)
	o.Parameters = parameters
	c := e2e.Start(tb, o)
	db, err := table.Open(table.Options{Name: c.Stack.TableName(), Endpoint: c.Stack.EngineEndpoint(),
		Budget: 2 * time.Minute})
	if err != nil {
		tb.Fatal(err)
	}
	return &groups{Client: c, faults: f, db: db, busy: &atomic.Int64{}, serial: &atomic.Int64{}, silent: o.NoStream}
}

// in returns g for a subtest, which must fail as itself.
func (g *groups) in(tb testing.TB) *groups {
	other := *g
	other.Client = g.Client.In(tb)
	return &other
}

// races runs a test on the engine as it is, and again with item locks; after
// each the whole table must be in order.
func (g *groups) races(t *testing.T, name string, f func(*groups)) {
	for _, locks := range []bool{false, true} {
		t.Run(fmt.Sprintf("%s/locks=%v", name, locks), func(t *testing.T) {
			g := g.in(t)
			g.faults.locks.Store(locks)
			defer g.faults.locks.Store(false)
			start, busy := time.Now(), g.busy.Load()
			f(g)
			report := g.verify()
			t.Logf("%.1f s, 503 repeated %d times; %d groups, %d members",
				time.Since(start).Seconds(), g.busy.Load()-busy, report.Groups, report.Members)
		})
	}
}

// locked runs a test with item locks.
func (g *groups) locked(t *testing.T, name string, f func(*groups)) {
	t.Run(name+"/locks", func(t *testing.T) {
		g.faults.locks.Store(true)
		defer g.faults.locks.Store(false)
		f(g.in(t))
	})
}

// persist sends a request, and again while the service says that it is not
// available, as identity providers do. No other failure of the service is
// tolerated.
func (g *groups) persist(method, path, body string) e2e.Answer {
	g.Helper()
	return g.repeat(time.Minute, method, path, body, 503)
}

// outlast is persist where processes are killed: their requests fail with 502.
func (g *groups) outlast(method, path, body string) e2e.Answer {
	g.Helper()
	return g.repeat(3*time.Minute, method, path, body, 502, 503)
}

func (g *groups) repeat(patience time.Duration, method, path, body string, tolerated ...int) e2e.Answer {
	g.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		a := g.Send(method, path, body)
		if a.Status < 500 {
			return a
		}
		if _, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || !slices.Contains(tolerated, a.Status) {
			g.Errorf("%s %.60s: %d with Retry-After %q: %s", method, path, a.Status, a.Header.Get("Retry-After"),
				a.Body.JSON())
			return a
		}
		if g.busy.Add(1); time.Now().After(deadline) {
			g.Errorf("%s %.60s: still %d after %v", method, path, a.Status, patience)
			return a
		}
	}
}

// ok demands that a request has succeeded.
func (g *groups) ok(a e2e.Answer) {
	g.Helper()
	if a.Status < 200 || a.Status > 299 {
		g.Errorf("%d %.300s, want success", a.Status, a.Body.JSON())
	}
}

// list is the JSON of members.
func list(ids []string) string {
	type value struct {
		Value string `json:"value"`
	}
	all := make([]value, len(ids))
	for i, id := range ids {
		all[i].Value = id
	}
	text, _ := json.Marshal(all)
	return string(text)
}

// edit is a PATCH with one operation on members.
func edit(op string, ids ...string) string {
	return fmt.Sprintf(`%s[{"op":%q,"path":"members","value":%s}]}`, e2e.PatchOp, op, list(ids))
}

// groupBody is a group as POST and PUT take it.
func groupBody(name string, ids ...string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":%q,`+
		`"members":%s}`, name, list(ids))
}

// newName is a displayName that no group has.
func (g *groups) newName() string { return fmt.Sprintf("Group %d", g.serial.Add(1)) }

// create makes a group through the API and returns its id.
func (g *groups) create(members ...string) string {
	g.Helper()
	a := g.persist("POST", "/Groups", groupBody(g.newName(), members...))
	if a.Status != 201 {
		g.Fatalf("POST /Groups: %d %s", a.Status, a.Body.JSON())
	}
	return a.Body.Get("id").Text()
}

func path(group string) string { return "/Groups/" + group }

// members reads the members of a group, in order.
func (g *groups) members(group string) []string {
	g.Helper()
	return memberIDs(g.Want(200, "GET", path(group), ""))
}

// until waits for something to come true.
func (g *groups) until(patience time.Duration, met func() bool) {
	g.Helper()
	for deadline := time.Now().Add(patience); !met(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			g.Fatalf("not within %v", patience)
		}
	}
}

// unfinished walks the table, which must be in order but for work under way, and
// counts that.
func (g *groups) unfinished() int {
	g.Helper()
	return g.walk(verify.AllowUnfinished).Unfinished
}

// verify walks the table, which must be in order.
func (g *groups) verify() verify.Report {
	g.Helper()
	return g.walk()
}

func (g *groups) walk(options ...verify.Option) verify.Report {
	g.Helper()
	report, err := verify.Table(g.Context(), g.db, options...)
	if err != nil {
		g.Fatal(err)
	}
	for _, finding := range report.Findings {
		g.Error(finding)
	}
	return report
}
