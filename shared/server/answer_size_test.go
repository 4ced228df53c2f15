package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// put writes items directly into the table.
func (c *client) put(name string, writes []table.Write) {
	c.Helper()
	db, err := table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(c), Budget: time.Minute})
	if err == nil {
		err = db.WriteAll(c.Context(), writes)
	}
	if err != nil {
		c.Fatal(err)
	}
}

// stored is the item of a resource with a document.
func stored(kind, id string, doc scim.Value) table.Write {
	return table.Put(table.Key{PK: "T#acme#" + kind, SK: id}, table.Item{
		"doc":      doc.JSON(),
		"version":  int64(1),
		"created":  "2026-11-23T13:20:14.154Z",
		"modified": "2026-11-23T13:20:14.154Z",
	})
}

func named(schema, attribute, name, more string) scim.Value {
	return scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(schema)},
		scim.Member{Name: attribute, Value: scim.Text(name)},
		scim.Member{Name: "displayName", Value: scim.Text(more)},
	)
}

// A quotation mark takes four bytes of an answer's payload. If users have many, pages have fewer
// users, and all pages together show all users.
func TestPagesOfQuotes(t *testing.T) { // P-3.4.2.4-3
	const users = 85 // more than a page holds
	name := testkit.Table(t)
	c := newClientOn(t, open(t, name, http.DefaultTransport))
	writes := []table.Write{table.Put(table.Key{PK: "T#acme#COUNT#USER", SK: "00"}, table.Item{"n": int64(users)})}
	for i := range users {
		doc := named(scim.UserSchema, "userName", fmt.Sprint("user", i), strings.Repeat(`"`, 16_000))
		writes = append(writes, stored("USER", uuid.NewString(), doc))
	}
	c.put(name, writes)
	for _, query := range []string{
		"/Users?count=1000", "/Users?count=1000&filter=" + escape("userName pr"),
		"/Users?count=1000&sortBy=userName",
	} {
		seen := map[string]bool{}
		for pages := 1; len(seen) < users; pages++ {
			a := c.wants(c.send("GET", fmt.Sprint(query, "&startIndex=", len(seen)+1), ""), 200, "")
			c.fitsPayload(a)
			before := len(seen)
			for _, one := range a.Body.Get("Resources").Items() {
				seen[one.Get("id").Text()] = true
			}
			if len(seen) == before || pages == 1 && len(seen) == users {
				t.Fatalf("%s: %d users on page %d", query, len(seen)-before, pages)
			}
		}
	}
}

// A user is in so many groups with such long names that they do not fit into an answer.
func TestTooManyGroups(t *testing.T) { // P-3.12-17
	name := testkit.Table(t)
	c := newClientOn(t, open(t, name, http.DefaultTransport))
	ann := c.create("ann", "")
	var writes []table.Write
	groups := testkit.Size(1_500, 60) // of the same length together
	for range groups {
		group := uuid.NewString()
		writes = append(writes,
			stored("GROUP", group, named(scim.GroupSchema, "externalId", "x", strings.Repeat(`"`, 1_350_000/groups))),
			table.Put(table.Key{PK: "T#acme#MEMBEROF#" + id(ann)[:1], SK: id(ann) + "#" + group},
				table.Item{"kind": "U", "of": "GROUP"}))
	}
	c.put(name, writes)
	for _, query := range []string{
		path(ann), "/Users", "/Users?filter=" + escape(`userName eq "ann"`),
		"/Users?filter=" + escape(`groups.value pr`),
	} {
		refused := c.wants(c.send("GET", query, ""), 400, "tooMany")
		if detail := refused.Body.Get("detail").Text(); !strings.Contains(detail, "excludedAttributes=groups") {
			t.Errorf("%s: %s", query, detail)
		}
		join := "?"
		if strings.Contains(query, "?") {
			join = "&"
		}
		c.wants(c.send("GET", query+join+"excludedAttributes=groups", ""), 200, "")
	}
	// The answer to a change leaves out the groups, because an error would say that nothing was changed.
	for _, a := range []answer{
		c.send("PATCH", path(ann), message(`[{"op":"replace","path":"title","value":"x"}]`)),
		c.send("PUT", path(ann), user("ann", `,"title":"y"`)),
	} {
		if c.wants(a, 200, ""); a.Body.Get("title").Text() == "" || a.Body.Get("groups").Kind() != scim.Null {
			t.Errorf("%.300s", a.Text)
		}
	}
}
