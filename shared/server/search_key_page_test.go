package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// crowded writes users with the same externalId and in one group directly into the table, and returns
// the group's id.
func (c *client) crowded(name string, users int) string {
	group := uuid.NewString()
	writes := []table.Write{
		table.Put(table.Key{PK: "T#acme#COUNT#USER", SK: "00"}, table.Item{"n": int64(users)}),
		stored("GROUP", group, named(scim.GroupSchema, "externalId", "g", "g")),
	}
	for i := range users {
		id := uuid.NewString()
		doc := named(scim.UserSchema, "userName", fmt.Sprint("user", i), "")
		writes = append(writes,
			stored("USER", id,
				scim.Map(append(doc.Members(), scim.Member{Name: "externalId", Value: scim.Text("same")})...)),
			table.Put(table.Key{PK: "T#acme#LOOKUP#USER#externalId#same", SK: id}, table.Item{}),
			table.Put(table.Key{PK: "T#acme#MEMBERS#" + group, SK: "U#" + id}, table.Item{}),
			table.Put(table.Key{PK: "T#acme#MEMBEROF#" + id[:1], SK: id + "#" + group},
				table.Item{"kind": "U", "of": "GROUP"}))
	}
	c.put(name, writes)
	return group
}

// The results of a single key are paged by that key: a page reads only its own keys and resources, and
// only the page with the last result is the last one.
func TestPagesByKey(t *testing.T) { // P-3.4.2.4-1, P-3.4.2.4-3
	const count = 100
	users := testkit.Size(1_011, 411)
	name := testkit.Table(t)
	c := newClientOn(t, open(t, name, http.DefaultTransport))
	group := c.crowded(name, users)
	for _, filter := range []string{
		`externalId eq "same"`, `groups.value eq "` + group + `"`, `groups[value eq "` + group + `"]`,
	} {
		query := fmt.Sprintf("/Users?excludedAttributes=groups&count=%d&filter=%s", count, escape(filter))
		t.Run(filter, func(t *testing.T) {
			byIndex, byCursor := map[string]bool{}, map[string]bool{}
			for len(byIndex) < users {
				a := c.wants(c.send("GET", fmt.Sprint(query, "&startIndex=", len(byIndex)+1), ""), 200, "")
				c.newOnes(t, a, byIndex, users, count)
				if units := c.cost().RCU; len(byIndex) > count && units > count+8 {
					t.Errorf("by index: %v units for a page", units)
				} else {
					t.Logf("by index, %d seen: %v units", len(byIndex), units)
				}
			}
			for cursor := "&cursor"; cursor != ""; {
				a := c.wants(c.send("GET", query+cursor, ""), 200, "")
				c.newOnes(t, a, byCursor, users, count)
				if units := c.cost().RCU; len(byCursor) > count && units > count+8 {
					t.Errorf("by cursor: %v units for a page", units)
				}
				if cursor = a.Body.Get("nextCursor").Text(); cursor != "" {
					cursor = "&cursor=" + cursor
				}
			}
			if len(byCursor) != users {
				t.Errorf("%d users by cursor", len(byCursor))
			}
			// no earlier request has read this page
			middle := c.wants(c.send("GET", query+fmt.Sprint("&startIndex=", users-1), ""), 200, "")
			if n := len(middle.Body.Get("Resources").Items()); n != 2 {
				t.Errorf("the page from the last user but one has %d users, want 2", n)
			}
		})
	}
}

// newOnes adds the users on a page to those seen, and fails the test if one was seen before.
func (c *client) newOnes(t *testing.T, a answer, seen map[string]bool, total, count int) {
	t.Helper()
	before, items := len(seen), a.Body.Get("Resources").Items()
	for _, one := range items {
		seen[one.Get("id").Text()] = true
	}
	if got := a.Body.Get("totalResults").Text(); got != fmt.Sprint(total) {
		t.Errorf("totalResults %s", got)
	}
	if len(seen) != min(total, before+count) || len(seen) != before+len(items) {
		t.Fatalf("%d of %d users are new: %.200s", len(seen)-before, len(items), a.Text)
	}
}
