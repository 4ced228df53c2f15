package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// terms is a filter of 64 terms that match nothing.
func terms(attribute string) string {
	list := make([]string, 64)
	for i := range list {
		list[i] = fmt.Sprintf(`%s co "x%d"`, attribute, i)
	}
	return strings.Join(list, " or ")
}

// numbers are 7 phone numbers of 4 KB each, with characters outside ASCII.
func numbers() string {
	list := make([]string, 7)
	for i := range list {
		list[i] = fmt.Sprintf(`{"value":"%d%s"}`, i, strings.Repeat("é", 2000))
	}
	return `[` + strings.Join(list, ",") + `]`
}

// removals are operations that compare the values of an attribute with 64 terms.
func removals(n int, attribute, sub string) string {
	op := scim.Map(scim.Member{Name: "op", Value: scim.Text("remove")},
		scim.Member{Name: "path", Value: scim.Text(attribute + "[" + terms(sub) + "]")})
	return message("[" + strings.TrimSuffix(strings.Repeat(op.JSON()+",", n), ",") + "]")
}

// advises fails the test unless an answer is 400 tooMany and says what to do.
func (c *client) advises(a answer, what string) {
	c.Helper()
	if detail := c.wants(a, 400, "tooMany").Body.Get("detail").Text(); !strings.Contains(detail, what) {
		c.Errorf("%q, want %q in it", detail, what)
	}
}

// The work of the operations of a PATCH is limited.
func TestBudgetOfPatch(t *testing.T) { // P-7-1
	transport := &crowd{next: http.DefaultTransport}
	name := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, name, transport) })
	ann, group := c.create("ann", `,"phoneNumbers":`+numbers()), c.createGroup("g", "")
	c.wants(c.send("PATCH", path(ann), removals(50, "phoneNumbers", "value")), 200, "")
	c.advises(c.send("PATCH", path(ann), removals(200, "phoneNumbers", "value")),
		"send fewer operations in one request, or use filters with fewer terms")
	transport.fill(2_000, strings.Repeat("d", 256))
	c.wants(c.send("PATCH", path(group), removals(1, "members", "display")), 204, "")
	c.advises(c.send("PATCH", path(group), removals(10, "members", "display")), "send fewer operations")
}

// The work of a filter is limited, and all pages of a list can still be read.
func TestBudgetOfFilter(t *testing.T) { // P-7-1, P-3.4.2.1-3
	const users = 160
	name := testkit.Table(t)
	c := newClientOn(t, open(t, name, http.DefaultTransport))
	phones, err := scim.ParseJSON([]byte(numbers()))
	if err != nil {
		t.Fatal(err)
	}
	var writes []table.Write
	for i := range users {
		doc := named(scim.UserSchema, "userName", fmt.Sprint("user", i), "")
		writes = append(writes,
			stored("USER", uuid.NewString(),
				scim.Map(append(doc.Members(), scim.Member{Name: "phoneNumbers", Value: phones})...)))
	}
	c.put(name, writes)
	c.advises(c.send("GET", "/Users?filter="+escape(terms("phoneNumbers")), ""), "fewer terms")
	c.wants(c.send("GET", "/Users?filter="+escape(`phoneNumbers co "x"`), ""), 200, "")
}
