package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// crowd is a transport that answers queries of a group's members itself.
type crowd struct {
	next http.RoundTripper
	body []byte // the answer to a query of members; the engine's own when nil
}

// fill sets the number of members of every group, and their display.
func (m *crowd) fill(members int, display string) {
	var b bytes.Buffer
	name, _ := json.Marshal(display) // a string always has a JSON form
	b.WriteString(`{"Items":[`)
	for i := range members {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"PK":{"S":"x"},"SK":{"S":"U#00000000-0000-4000-8000-%012d"},"display":{"S":%s}}`, i, name)
	}
	b.WriteString(`]}`)
	m.body = b.Bytes()
}

func (m *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	answer, err := m.next.RoundTrip(r)
	if err != nil || m.body == nil || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Query") ||
		!bytes.Contains(sent, []byte("MEMBERS#")) {
		return answer, err
	}
	_ = answer.Body.Close()
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(m.body)), int64(len(m.body))
	answer.Header.Del("X-Amz-Crc32")
	return answer, err
}

func TestTooManyMembers(t *testing.T) { // P-3.12-17, design: bad input
	transport := &crowd{next: http.DefaultTransport}
	const long = "somebody.with.a.long.name@example.com"
	table := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, transport) })
	a, b := c.createGroup("a", ""), c.createGroup("b", "")
	refused := func(path, id string) {
		t.Helper()
		detail := c.wants(c.send("GET", path, ""), 400, "tooMany").Body.Get("detail").Text()
		if !strings.Contains(detail, "excludedAttributes=members") ||
			!strings.Contains(detail, `/Users?filter=groups.value eq "`+id) {
			t.Error(detail)
		}
	}
	for _, tt := range []struct { // too many; few enough, but their JSON is too long, as it is or quoted
		members int
		display string
	}{{40_000, long}, {25_000, long}, {6_300, strings.Repeat(`"`, 256)}} {
		members := tt.members
		transport.fill(members, tt.display)
		refused(path(a), id(a))
		got := c.wants(c.send("GET", path(a)+"?excludedAttributes=members", ""), 200, "")
		if !strings.HasPrefix(got.Body.Get("displayName").Text(), "a") {
			t.Errorf("%s", got.Text)
		}
		done := c.wants(c.send("PATCH", path(a)+"?attributes=displayName,members", message(`[{"op":"replace",`+
			`"path":"displayName","value":"a`+fmt.Sprint(members)+`"}]`)), 200, "")
		c.shows(done, done.Body, "displayName id schemas")
	}
	transport.fill(9_000, long)
	if got := c.wants(c.get(a), 200, ""); len(memberIDs(got.Body)) != 9_000 {
		t.Errorf("%d members", len(memberIDs(got.Body)))
	}
	compared := c.wants(c.send("GET", "/Groups?excludedAttributes=members&filter="+escape("members.display pr"), ""),
		400, "tooMany")
	detail := compared.Body.Get("detail").Text()
	if !strings.Contains(detail, `displayName eq "..."`) || strings.Contains(detail, "excludedAttributes") {
		t.Error(detail)
	}
	found := c.wants(c.send("GET", "/Groups?filter="+escape(`displayName eq "b"`), ""), 200, "")
	list := found.Body.Get("Resources").Items()
	if len(list) != 1 || list[0].Get("id").Text() != id(b) || len(memberIDs(list[0])) != 9_000 {
		t.Errorf("%d groups", len(list))
	}
	c.wants(c.send("GET", "/Groups?excludedAttributes=members", ""), 200, "")
}

// A page ends before the answer becomes too long, or needs too many members.
func TestPagesAreCut(t *testing.T) { // design: bad input
	transport := &crowd{next: http.DefaultTransport}
	table := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, transport) })
	groups := testkit.Size(5, 3)
	for i := range groups {
		c.createGroup(fmt.Sprint("g", i), "")
	}
	for _, tt := range []struct {
		members int
		display string
		page    int // groups that fit into one
	}{
		{3_900, strings.Repeat(`"`, 256), 1},
		{4_900, "", 2},
		{12_000, "", 1},
	} {
		transport.fill(tt.members, tt.display)
		var want []string
		for left := groups; left > 0; left -= tt.page {
			want = append(want, strconv.Itoa(min(left, tt.page)))
		}
		queries := []string{"?count=10", "?count=10&filter=" + escape("displayName pr")}
		for _, query := range queries[:testkit.Size(2, tt.page)] {
			if pages := c.walked(query); !slices.Equal(pages, want) {
				t.Errorf("%d members: pages %v, want %v", tt.members, pages, want)
			}
		}
	}
}

// walked pages through all groups by index and by cursor and returns the sizes of the
// pages by index.
func (c *client) walked(query string) (sizes []string) {
	c.Helper()
	byIndex, byCursor := map[string]bool{}, map[string]bool{}
	for total := 1; len(byIndex) < total; {
		a := c.wants(c.send("GET", fmt.Sprint("/Groups", query, "&startIndex=", len(byIndex)+1), ""), 200, "")
		before := len(byIndex)
		total = c.groupsOf(a, byIndex)
		if sizes = append(sizes, a.Body.Get("itemsPerPage").Text()); len(byIndex) == before {
			c.Fatalf("%.200s", a.Text)
		}
	}
	for cursor := "&cursor"; cursor != ""; {
		a := c.wants(c.send("GET", "/Groups"+query+cursor, ""), 200, "")
		c.groupsOf(a, byCursor)
		if cursor = a.Body.Get("nextCursor").Text(); cursor != "" {
			cursor = "&cursor=" + cursor
		}
	}
	if !maps.Equal(byIndex, byCursor) {
		c.Errorf("%v by index, %v by cursor", byIndex, byCursor)
	}
	return sizes
}

// groupsOf notes the ids on a page and returns the total.
func (c *client) groupsOf(page answer, seen map[string]bool) int {
	c.Helper()
	c.fitsPayload(page)
	for _, g := range page.Body.Get("Resources").Items() {
		seen[g.Get("id").Text()] = true
	}
	total, _ := strconv.Atoi(page.Body.Get("totalResults").Text())
	return total
}

// fitsPayload fails the test if a function could not return an answer: its body is a
// JSON string in a payload of at most 6 MB.
func (c *client) fitsPayload(a answer) {
	c.Helper()
	if quoted, err := json.Marshal(a.Text); err != nil || len(quoted) > 6_000_000 {
		c.Errorf("%d bytes, %v", len(quoted), err)
	}
}

func TestSizesOfGroups(t *testing.T) { // P-7-1
	c := newClient(t)
	c.origin.Caller.Profile = tenant.Generic
	g := c.createGroup("g", "")
	c.wants(c.send("POST", "/Groups", strings.Repeat(" ", 5<<20+1)), 413, "")
	c.wants(c.send("POST", "/Groups", strings.Repeat(" ", 2<<20)+group("h", "")), 201, "")
	ids := make([]string, 10_500)
	for i := range ids {
		ids[i] = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
	}
	// The limit of operations applies to the operations as sent, not as repaired.
	c.patched(g, `[{"op":"remove","path":"members","value":`+value(ids...)+`}]`)
	c.namesTooMany(g)
	c.wants(c.patch(g, `[`+strings.Repeat(`{"op":"remove","path":"members"},`, 10_000)+`{"op":"remove",`+
		`"path":"members"}]`), 400, "invalidSyntax")
	c.patched(g, `[`+strings.Repeat(`{"op":"remove","path":"members"},`, 9_999)+`{"op":"remove","path":"members"}]`)
	c.unchanged(g)
}

// namesTooMany sends messages that name more members than is allowed.
func (c *client) namesTooMany(g answer) {
	c.Helper()
	many := func(n int) string { return `[` + strings.Repeat(`{"value":"x"},`, n-1) + `{"value":"x"}]` }
	add := func(n int) string { return `{"op":"add","path":"members","value":` + many(n) + `}` }
	remove := func(n int) string { return `{"op":"remove","path":"members","value":` + many(n) + `}` }
	c.log.Reset()
	all := []answer{
		c.send("POST", "/Groups", group("h", `,"members":`+many(50_001))),
		c.send("PUT", path(g), group("g", `,"members":`+many(50_001))),
		c.patch(g, `[`+add(50_001)+`]`),
		c.patch(g, `[`+add(25_000)+`,`+add(25_001)+`]`),
		c.patch(g, `[`+remove(25_000)+`,`+remove(25_001)+`]`),
		c.patch(g, `[`+remove(25_000)+`,`+add(25_001)+`]`),
		c.patch(g, `[{"op":"replace","value":{"members":`+many(50_001)+`}}]`),
	}
	for _, a := range all {
		detail := c.wants(a, 400, "invalidValue").Body.Get("detail").Text()
		if !strings.Contains(detail, "; send fewer ") {
			c.Error(detail)
		}
	}
	// The one call writes the provisioning log.
	if strings.Count(c.log.String(), `"calls":1,"retries":0,"conflicts":0,"rcu":0,"wcu":1,`) != len(all) {
		c.Error("a message that names too many members reads the directory")
	}
}

func TestGroupType(t *testing.T) { // P-4-4, S-6-1, S-4.2-1
	c := newClient(t)
	a := c.wants(c.send("GET", "/ResourceTypes/Group", ""), 200, "")
	if a.Body.Get("endpoint").Text() != "/Groups" || a.Body.Get("schema").Text() != scim.GroupSchema {
		t.Errorf("%s", a.Text)
	}
	schema := c.wants(c.send("GET", "/Schemas/"+scim.GroupSchema, ""), 200, "")
	for _, attr := range schema.Body.Get("attributes").Items() {
		if attr.Get("name").Text() == "displayName" &&
			(!attr.Get("required").IsTrue() || attr.Get("uniqueness").Text() != "server") {
			t.Errorf("%s", attr.JSON())
		}
	}
}
