package server_test

import (
	"strconv"
	"sync"
	"testing"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// race sends a request in n variants at once and counts the statuses.
func (c *client) race(n int, send func(i int) answer) map[int]int {
	statuses := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { statuses[i] = send(i).StatusCode })
	}
	wg.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	return count
}

const enterprise = `"` + scim.EnterpriseUserSchema + `"`

func TestPutReplaces(t *testing.T) { // P-3.5-1
	c := newClient(t)
	a := c.create("ann",
		`,"title":"Dr","emails":[{"value":"a@x.org"},{"value":"b@x.org"}],`+enterprise+`:{"department":"d",`+
			`"manager":{"value":"m"}}`)
	if a.Body.Get("schemas").JSON() != `["`+scim.UserSchema+`",`+enterprise+`]` {
		t.Errorf("%s", a.Text)
	}
	// P-3.5.1-11
	b := c.wants(c.send("PUT", path(a), user("ann", `,"nickName":"A","emails":[{"value":"b@x.org"}]`)), 200, "")
	// P-3.5.1-1, P-3.5.1-2, P-3.5.1-17
	got := b.Body.Without("meta").Without("id").JSON()
	if got != `{"schemas":["`+scim.UserSchema+`"],"userName":"ann","nickName":"A","emails":[{"value":"b@x.org"}]}` {
		t.Errorf("%s", b.Text)
	}
	c.unchanged(b)
	c.create("bob", `,"emails":[{"value":"a@x.org"}]`) // what was left is free
}

func TestPutKeepsWhatTheClientCannotWrite(t *testing.T) { // P-3.5.1-9
	c := newClient(t)
	a := c.create("ann", "")
	time.Sleep(2 * time.Millisecond) // lastModified has milliseconds
	b := c.wants(c.send("PUT", path(a), user("ann.new", `,"id":"x","meta":{"created":"2000-01-01T00:00:00Z",`+
		`"resourceType":"Foo"},"groups":[{"value":"g"}],`+
		enterprise+`:{"manager":{"value":"m","displayName":"Mine"}}`)), 200, "")
	// S-3.1-6, S-3.1-7, S-3.1-17
	if id(b) != id(a) ||
		b.Body.Get("meta").Get("created").Text() != a.Body.Get("meta").Get("created").Text() ||
		b.Body.Get("meta").Get("resourceType").Text() != "User" {
		t.Errorf("%s", b.Text)
	}
	// P-3.5.1-15
	if b.Body.Get("meta").Get("lastModified").Text() <= a.Body.Get("meta").Get("lastModified").Text() {
		t.Errorf("lastModified stays: %s", b.Text)
	}
	// S-4.1.2-7, S-4.3-2
	got := b.Body.Get(scim.EnterpriseUserSchema).JSON()
	if got != `{"manager":{"value":"m"}}` || !b.Body.Get("groups").IsEmpty() {
		t.Errorf("%s", b.Text)
	}
}

// A PUT without active does not activate a user, in any profile.
func TestPutWithoutActiveKeepsIt(t *testing.T) { // P-3.5.1-2, P-3.5.1-4
	c := newClient(t)
	for _, profile := range []tenant.Profile{tenant.Strict, tenant.Generic, tenant.Okta, tenant.Entra} {
		c.origin.Caller.Profile = profile
		for _, stored := range []string{"false", "true", "null"} {
			name := string(profile) + stored
			a := c.create(name, `,"active":`+stored+`,"title":"Dr"`)
			for i, sent := range []string{"", `,"active":""`, `,"nickName":"x"`} {
				b := c.wants(c.send("PUT", path(a), user(name, sent)), 200, "")
				if b.Body.Get("active").JSON() != stored || !b.Body.Get("title").IsEmpty() {
					t.Errorf("%s, PUT %d: %s", name, i, b.Text)
				}
				c.unchanged(b)
			}
			for _, sent := range []string{"true", "false", "null"} {
				b := c.wants(c.send("PUT", path(a), user(name, `,"active":`+sent)), 200, "")
				if b.Body.Get("active").JSON() != sent {
					t.Errorf("%s, PUT of %s: %s", name, sent, b.Text)
				}
			}
		}
	}
	c.finds("active pr", "0")
}

// A user's own token can leave active out, because that changes nothing.
func TestPutOfMeWithoutActive(t *testing.T) { // P-3.5.1-2, P-3.11-7
	c := newClient(t)
	ann := c.create("ann", `,"active":true`)
	c.as(id(ann), tenant.Read, tenant.Write)
	if b := c.wants(c.send("PUT", "/Me", user("ann", `,"title":"t"`)), 200, ""); !b.Body.Get("active").IsTrue() {
		t.Errorf("%s", b.Text)
	}
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.create("bob", "")
	a := c.create("ann", "")
	c.wants(c.send("PUT", path(a), user("BOB", "")), 409, "uniqueness") // P-3.5.1-13, S-4.1.1-2
	c.wants(c.send("PUT", path(a), user("", "")), 400, "invalidValue")  // P-3.5.1-10, S-4.1.1-1, S-7-6
	c.wants(c.send("PUT", path(a), `{"schemas":["`+scim.UserSchema+`"],"userName":null}`), 400, "invalidValue")
	c.wants(c.send("PUT", path(a), user("ann", `,"emails":[{"value":"x","primary":true},`+
		`{"value":"y","primary":true}]`)), 400, "invalidValue") // S-2.4-3
	// P-3.5.1-12, P-3.2-4
	c.wants(c.send("PUT", "/Users/00000000-0000-4000-8000-000000000000", user("new", "")), 404, "")
	c.unchanged(a)
	c.finds(`userName eq "new"`, "0")
}

func TestPutOfOwnValues(t *testing.T) { // P-3.5.1-14, P-3.5.1-20, P-3.1-6, P-3.14-8
	c := newClient(t)
	a := c.create("ann", `,"emails":[{"value":"ann@x.org"}]`)
	if same := c.wants(c.send("PUT", path(a), a.Text), 200, ""); same.Text != a.Text {
		t.Errorf("%s, was %s", same.Text, a.Text)
	}
	c.unchanged(a)
	b := c.wants(c.send("PUT", path(a), user("ANN", `,"emails":[{"value":"Ann@X.org"}]`)), 200, "")
	if b.Body.Get("userName").Text() != "ANN" || b.Header.Get("ETag") != `W/"2"` { // S-4.1.1-3, S-4.1.2-1
		t.Errorf("%s", b.Text)
	}
	again := c.wants(c.send("PUT", path(a), user("ANN", `,"emails":[{"value":"Ann@X.org"}]`)), 200, "")
	if again.Text != b.Text {
		t.Errorf("the same PUT twice: %s, then %s", b.Text, again.Text)
	}
}

func TestParallelPutsUnderOneVersion(t *testing.T) { // P-3.5.1-18, P-3.14-5, P-3.14-9, P-3.12-11
	c := newClient(t)
	a := c.create("ann", "")
	const n = 12
	count := c.race(n, func(i int) answer {
		return c.send("PUT", path(a), user("ann", `,"title":"t`+strconv.Itoa(i)+`"`), "If-Match", a.Header.Get("ETag"))
	})
	if count[200] != 1 || count[412] != n-1 {
		t.Errorf("statuses %v", count)
	}
	if b := c.get(a); b.Header.Get("ETag") != `W/"2"` || b.Body.Get("title").IsEmpty() {
		t.Errorf("%s", b.Text)
	}
}
