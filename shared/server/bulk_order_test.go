package server_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim/patch"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// bulkStep is an operation whose paths and members name users by number, because ids differ between
// tenants.
type bulkStep struct{ method, path, data string }

// TestBulkEqualsRequestOrder: a bulk request has the same statuses and results in the same state as
// its operations sent one after the other.
func TestBulkEqualsRequestOrder(t *testing.T) { // P-3.7-19
	table := testkit.Table(t)
	scoped := func(o *directory.Options) { o.Scope = directory.TenantScope }
	for seed := range uint64(testkit.Size(200, 4)) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 7))
			single := newClientOn(t, open(t, table, http.DefaultTransport, scoped))
			bulk := newClientOn(t, open(t, table, http.DefaultTransport, scoped))
			single.origin.Caller.Tenant = tenant.ID(fmt.Sprint("single", seed))
			bulk.origin.Caller.Tenant = tenant.ID(fmt.Sprint("bulk", seed))
			steps := randomSteps(r, 3+r.IntN(12))
			one, all := single.population(), bulk.population()
			want := single.stepByStep(steps, one)
			got := withGroups(steps, statuses(bulk.bulk(operationsOf(steps, all)...)))
			if got != want {
				t.Errorf("statuses %s, one after the other %s: %+v", got, want, steps)
			}
			if want, got := single.state(one), bulk.state(all); got != want {
				t.Errorf("state\n%s\none after the other\n%s", got, want)
			}
		})
	}
}

// population creates three users and a group, and returns a replacer of their placeholders by ids.
func (c *client) population() *strings.Replacer {
	c.Helper()
	var ids []string
	for i := range 3 {
		ids = append(ids, fmt.Sprintf("USER%d", i), id(c.create(fmt.Sprint("u", i), "")))
	}
	ids = append(ids, "GROUP", id(c.createGroup("g", "")))
	return strings.NewReplacer(ids...)
}

func randomSteps(r *rand.Rand, n int) (steps []bulkStep) {
	someone := func() string { return fmt.Sprintf("USER%d", r.IntN(3)) }
	name := func() string { return fmt.Sprint("u", r.IntN(5)) }
	for range n {
		switch r.IntN(6) {
		case 0:
			steps = append(steps, bulkStep{"POST", "/Users", user(name(), "")})
		case 1:
			steps = append(steps, bulkStep{"PUT", "/Users/" + someone(), user(name(), "")})
		case 2:
			steps = append(steps, bulkStep{"DELETE", "/Users/" + someone(), ""})
		case 3:
			steps = append(steps,
				patchStep("/Users/"+someone(), fmt.Sprintf(`{"op":"replace","path":"title","value":"t%d"}`, r.IntN(9))))
		case 4:
			steps = append(steps,
				patchStep("/Groups/GROUP", `{"op":"add","path":"members","value":[{"value":"`+someone()+`"}]}`))
		default:
			steps = append(steps,
				patchStep("/Groups/GROUP", `{"op":"remove","path":"members[value eq \"`+someone()+`\"]"}`))
		}
	}
	return steps
}

func patchStep(path, op string) bulkStep {
	return bulkStep{"PATCH", path, `{"schemas":["` + patch.Message + `"],"Operations":[` + op + `]}`}
}

func (c *client) stepByStep(steps []bulkStep, ids *strings.Replacer) string {
	var all []string
	for _, s := range steps {
		all = append(all, fmt.Sprint(c.send(s.method, ids.Replace(s.path), ids.Replace(s.data)).StatusCode))
	}
	return strings.Join(all, " ")
}

// withGroups replaces the statuses 204 of PATCHes of the group by 200. A bulk request carries out operations on
// different resources in parallel. The answer to a PATCH has no group if the deletion of a member changes the
// group at the same time.
func withGroups(steps []bulkStep, statuses string) string {
	all := strings.Fields(statuses)
	for i, s := range steps {
		if i < len(all) && s.method == "PATCH" && s.path == "/Groups/GROUP" && all[i] == "204" {
			all[i] = "200"
		}
	}
	return strings.Join(all, " ")
}

func operationsOf(steps []bulkStep, ids *strings.Replacer) (operations []string) {
	for i, s := range steps {
		data := ""
		if s.data != "" {
			data = `,"data":` + ids.Replace(s.data)
		}
		operations = append(operations,
			fmt.Sprintf(`{"method":%q,"path":%q,"bulkId":"b%d"%s}`, s.method, ids.Replace(s.path), i, data))
	}
	return operations
}

// state describes the tenant: users by name with titles, and the members of the group.
func (c *client) state(ids *strings.Replacer) string {
	c.Helper()
	users := c.wants(c.send("GET", "/Users?sortBy=userName&attributes=userName,title", ""), 200, "")
	text := ""
	for _, u := range users.Body.Get("Resources").Items() {
		text += u.Get("userName").Text() + " " + u.Get("title").Text() + "\n"
	}
	group := c.wants(c.send("GET", ids.Replace("/Groups/GROUP"), ""), 200, "")
	for i := range 3 {
		if strings.Contains(group.Body.Get("members").JSON(), ids.Replace(fmt.Sprintf("USER%d", i))) {
			text += fmt.Sprintf("member %d\n", i)
		}
	}
	return text
}
