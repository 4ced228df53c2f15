package server_test

import (
	"strconv"
	"sync"
	"testing"

	"scimserver/shared/scim"
)

func TestCreateSetsTheResourceType(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.create("ann",
		`,"id":"bulkId","meta":{"resourceType":"Foo","version":"W/\"9\"","location":"https://evil.example/"}`)
	meta := a.Body.Get("meta")
	// P-3.3.1-1, S-3.1-7, S-3.1-14
	if id(a) == "bulkId" || meta.Get("resourceType").Text() != "User" ||
		meta.Get("version").Text() != `W/"1"` || meta.Get("location").Text() != base+path(a) {
		t.Errorf("%s", a.Text)
	}
	if !a.Body.Get("externalId").IsEmpty() { // S-3.1-11
		t.Errorf("an externalId nobody sent: %s", a.Text)
	}
	c.finds(`meta.resourceType eq "User"`, "1") // S-3.1-16
	c.finds(`meta.resourceType eq "user"`, "0")
}

// No attribute of a User has a default, so null and [] have the same effect as leaving the attribute
// out.
func TestUnassignedValues(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	var want string
	// P-3.3-2, P-3.3-3, S-2.5-1
	for i, more := range []string{
		``, `,"active":null,"title":null,"emails":[],"name":{},"externalId":null`,
		`,"emails":null,"name":{"givenName":null}`,
	} {
		a := c.create("u"+strconv.Itoa(i), more)
		if got := a.Body.Without("meta").Without("id").Without("userName").JSON(); i == 0 {
			want = got
		} else if got != want {
			t.Errorf("%s gives %s, leaving out gives %s", more, got, want)
		}
		full := c.wants(c.send("PUT", path(a),
			user("u"+strconv.Itoa(i), `,"title":"x","emails":[{"value":"e`+strconv.Itoa(i)+`"}]`)), 200, "")
		cleared := c.wants(c.send("PUT", path(full), user("u"+strconv.Itoa(i), more)), 200, "")
		// P-3.5.1-4, S-2.5-2
		if got := cleared.Body.Without("meta").Without("id").Without("userName").JSON(); got != want {
			t.Errorf("PUT with %s leaves %s", more, got)
		}
	}
	// S-2.5-3
	for _, filter := range []string{"active pr", "emails pr", "title pr", "name pr", "active eq true"} {
		c.finds(filter, "0")
	}
}

func TestCreateRejects(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for _, tt := range []struct{ body, scimType string }{
		{`{"schemas":["` + scim.UserSchema + `"]}`, "invalidValue"}, // P-3.3-9, S-4.1.1-1
		{user("", ""), "invalidValue"},
		{`{"schemas":["` + scim.UserSchema + `"],"userName":null}`, "invalidValue"},
		{`{"schemas":["` + scim.UserSchema + `"],"userName":5}`, "invalidValue"}, // P-3.3-11
		{user("ann", `,"active":"yes"`), "invalidValue"},
		{user("ann", `,"active":"true"`), "invalidValue"}, // S-2.3.2-1
		{user("ann", `,"active":1`), "invalidValue"},
		{user("ann", `,"name":"x"`), "invalidValue"},
		{user("ann", `,"emails":{}`), "invalidValue"},
		{user("ann", `,"emails":{"value":"x"}`), "invalidValue"},
		{user("ann", `,"emails":[{"value":{"a":1}}]`), "invalidValue"}, // S-2.3.8-2
		// P-3.3.1-2
		{`{"schemas":["` + scim.GroupSchema + `"],"userName":"ann","displayName":"x"}`, "invalidSyntax"},
		{`{"schemas":["` + scim.EnterpriseUserSchema + `"],"userName":"ann"}`, "invalidSyntax"}, // S-3.3-1
		{`{"schemas":["` + scim.UserSchema + `","urn:x"],"userName":"ann"}`, "invalidSyntax"},   // S-3-2
		{`{"schemas":"` + scim.UserSchema + `","userName":"ann"}`, "invalidSyntax"},
	} {
		c.wants(c.send("POST", "/Users", tt.body), 400, tt.scimType)
	}
	if a := c.send("GET", "/Users", ""); a.Body.Get("totalResults").Text() != "0" {
		t.Errorf("something was created: %s", a.Text)
	}
}

func TestParallelCreates(t *testing.T) { // P-3.3-14, P-3.3-7, S-4.1.1-2, S-7-20
	c := newClient(t)
	const n = 20
	statuses := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { statuses[i] = c.send("POST", "/Users", user("ann", "")).StatusCode })
	}
	wg.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	if count[201] != 1 || count[409] != n-1 {
		t.Errorf("statuses %v", count)
	}
	c.finds(`userName eq "ann"`, "1")
}
