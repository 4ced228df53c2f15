package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// TestScanBudget: a query without a key is 429 when the tenant has used up its budget. A query by key
// still succeeds.
func TestScanBudget(t *testing.T) {
	t.Parallel()
	now := time.Now()
	budget := func(o *directory.Options) { o.ScanUnits, o.Now = 1, func() time.Time { return now } }
	c := newClientOn(t, open(t, testkit.Table(t), http.DefaultTransport, budget))
	text := strings.Repeat("x", 4000)
	for i := range 20 { // 16 KB each: one scan reads some 80 units
		long := fmt.Sprintf(`,"title":%q,"nickName":%[1]q,"displayName":%[1]q,"userType":%[1]q`, text)
		c.create(fmt.Sprint("u", i), long)
	}
	const scan, byKey = "/Users?filter=title+co+%22y%22", "/Users?filter=userName+eq+%22u1%22"
	refused := c.send("GET", scan, "")
	for scans := 1; refused.StatusCode == 200 && scans < 10; scans++ {
		refused = c.send("GET", scan, "")
	}
	c.wants(refused, 429, "")
	wait, err := strconv.Atoi(refused.Header.Get("Retry-After"))
	if err != nil || wait < 60 || !strings.Contains(refused.Body.Get("detail").Text(), "search by userName") {
		t.Errorf("Retry-After %d, %v: %s", wait, err, refused.Text)
	}
	c.wants(c.send("GET", byKey, ""), 200, "")
	now = now.Add(time.Duration(wait) * time.Second)
	c.wants(c.send("GET", scan, ""), 200, "")
}

// TestForbiddenAndThrottledAreCounted: operators see which requests of a valid credential were
// answered 403 or 429, and why. A count that can't be written is written later, and the answer stays
// the same.
func TestForbiddenAndThrottledAreCounted(t *testing.T) {
	t.Parallel()
	down, now := true, time.Now().Truncate(time.Hour).Add(10*time.Minute)
	failing := fault.Script(http.DefaultTransport, fault.Rule{
		Operation: "UpdateItem", Calls: func(int) bool { return down }, Fault: fault.Denied,
	})
	clock := func(o *directory.Options) { o.Now = func() time.Time { return now } }
	c := newClientOn(t, open(t, testkit.Table(t), failing, clock))
	caller := c.origin.Caller
	as := func(change func(*tenant.Caller)) {
		c.origin.Caller = caller
		change(&c.origin.Caller)
	}
	as(func(r *tenant.Caller) { r.Scopes = []tenant.Scope{tenant.Read} })
	c.wants(c.send("POST", "/Users", user("ann", "")), 403, "")
	if !strings.Contains(c.log.String(), `"uncounted":`) {
		t.Errorf("the log says %s", c.log)
	}
	c.wants(c.send("DELETE", "/Groups/g", ""), 403, "")
	c.wantsStatuses(c.bulk(post("User", "a", `"userName":"ann"`)), "403")
	as(func(r *tenant.Caller) { r.Subject = "u" })
	c.wants(c.send("GET", "/Users", ""), 403, "")
	c.wants(c.send("DELETE", "/Me", ""), 403, "")
	as(func(r *tenant.Caller) { r.Limits.Users = 1 })
	c.wants(c.send("POST", "/Users", user("ann", "")), 201, "")
	c.wants(c.send("POST", "/Users", user("bob", "")), 403, "")
	as(func(*tenant.Caller) {})
	c.wants(c.send("GET", "/Users/none", ""), 404, "") // no refusal
	operation := `{"method":"DELETE","path":"/Users/none"}`
	c.server = server.New(c.server.Options, server.Bulk) // as function Bulk is
	c.bulk(slices.Repeat([]string{operation}, 800)...)
	body := `{"schemas":["` + bulkRequest + `"],"Operations":[` + operation + `]}`
	c.wants(c.send("POST", "/Bulk", body), 429, "")
	stored := func() (all []string) {
		found, err := c.server.Directory.Tenants().Refusals(t.Context(), "acme", now.Add(-time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range found {
			all = append(all, fmt.Sprintf("%s %s %d", r.Cause, r.Credential, r.Count))
		}
		slices.Sort(all)
		return all
	}
	if got := stored(); len(got) > 0 {
		t.Errorf("while no count can be written: %q", got)
	}
	down = false
	as(func(r *tenant.Caller) { r.Scopes = nil })
	c.server = server.New(c.server.Options, server.Users)
	c.wants(c.send("GET", "/Users", ""), 403, "")
	want := []string{"bulk-rate k1 1", "quota k1 1", "scope k1 4", "user-token k1 2"}
	if got := stored(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if u := c.send("GET", "/Users", ""); u.StatusCode != 403 || u.Body.Get("detail").Kind() != scim.String {
		t.Errorf("%d %s", u.StatusCode, u.Text)
	}
}
