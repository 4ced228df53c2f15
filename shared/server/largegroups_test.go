package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// crowd makes every group look as if it had that many members.
type crowd struct {
	next    http.RoundTripper
	members int
	display string // of each
}

func (m *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	answer, err := m.next.RoundTrip(r)
	if err != nil || m.members == 0 || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".Query") || !bytes.Contains(sent, []byte("MEMBERS#")) {
		return answer, err
	}
	items := make([]map[string]any, m.members)
	for i := range items {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		items[i] = map[string]any{"PK": map[string]string{"S": "x"}, "SK": map[string]string{"S": "U#" + id}, "display": map[string]string{"S": m.display}}
	}
	body, err := json.Marshal(map[string]any{"Items": items})
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("X-Amz-Crc32")
	return answer, err
}

func TestTooManyMembers(t *testing.T) { // P-3.12-17, design: bad input
	transport := &crowd{next: http.DefaultTransport, display: "somebody.with.a.long.name@example.com"}
	table := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, transport) })
	a, b := c.createGroup("a", ""), c.createGroup("b", "")
	refused := func(path, id string) {
		t.Helper()
		detail := c.wants(c.send("GET", path, ""), 400, "tooMany").Body.Get("detail").Text()
		if !strings.Contains(detail, "excludedAttributes=members") || !strings.Contains(detail, `/Users?filter=groups.value eq "`+id) {
			t.Error(detail)
		}
	}
	for _, members := range []int{40_000, 25_000} { // too many; few enough, but their JSON is too long
		transport.members = members
		refused(path(a), id(a))
		if got := c.wants(c.send("GET", path(a)+"?excludedAttributes=members", ""), 200, ""); !strings.HasPrefix(got.Body.Get("displayName").Text(), "a") {
			t.Errorf("%s", got.Text)
		}
		done := c.wants(c.send("PATCH", path(a)+"?attributes=displayName,members", message(`[{"op":"replace","path":"displayName","value":"a`+fmt.Sprint(members)+`"}]`)), 200, "")
		c.shows(done, done.Body, "displayName id schemas")
	}
	transport.members = 9_000
	if got := c.wants(c.get(a), 200, ""); len(memberIDs(got.Body)) != 9_000 {
		t.Errorf("%d members", len(memberIDs(got.Body)))
	}
	for _, query := range []string{"", "?filter=" + escape("displayName pr"), "?filter=" + escape("members.display pr") + "&excludedAttributes=members"} {
		refused("/Groups"+query, "")
	}
	list := c.wants(c.send("GET", "/Groups?filter="+escape(`displayName eq "b"`), ""), 200, "").Body.Get("Resources").Items()
	if len(list) != 1 || list[0].Get("id").Text() != id(b) || len(memberIDs(list[0])) != 9_000 {
		t.Errorf("%d groups", len(list))
	}
	c.wants(c.send("GET", "/Groups?excludedAttributes=members", ""), 200, "")
}

// A page ends where its answer would become too long.
func TestPagesAreCutByBytes(t *testing.T) { // design: bad input
	transport := &crowd{next: http.DefaultTransport, display: strings.Repeat(`"`, 256)}
	table := testkit.Table(t)
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, transport) })
	c.createGroup("a", "")
	c.createGroup("b", "")
	transport.members = 4_900
	seen := map[string]bool{}
	for _, start := range []string{"1", "2"} {
		a := c.wants(c.send("GET", "/Groups?startIndex="+start, ""), 200, "")
		if a.Body.Get("totalResults").Text() != "2" || a.Body.Get("itemsPerPage").Text() != "1" || len(a.Text) > 4_600_000 {
			t.Errorf("%d bytes: %.200s", len(a.Text), a.Text)
		}
		seen[a.Body.Get("Resources").Items()[0].Get("id").Text()] = true
	}
	if len(seen) != 2 {
		t.Errorf("%v", seen)
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
	// The limit of operations is on what the client sent, not on what it stands for.
	c.patched(g, `[{"op":"remove","path":"members","value":`+value(ids...)+`}]`)
	c.wants(c.patch(g, `[`+strings.Repeat(`{"op":"remove","path":"members"},`, 10_000)+`{"op":"remove","path":"members"}]`), 400, "invalidSyntax")
	c.patched(g, `[`+strings.Repeat(`{"op":"remove","path":"members"},`, 9_999)+`{"op":"remove","path":"members"}]`)
	c.unchanged(g)
}

func TestGroupType(t *testing.T) { // P-4-4, S-6-1, S-4.2-1
	c := newClient(t)
	a := c.wants(c.send("GET", "/ResourceTypes/Group", ""), 200, "")
	if a.Body.Get("endpoint").Text() != "/Groups" || a.Body.Get("schema").Text() != scim.GroupSchema {
		t.Errorf("%s", a.Text)
	}
	for _, attr := range c.wants(c.send("GET", "/Schemas/"+scim.GroupSchema, ""), 200, "").Body.Get("attributes").Items() {
		if attr.Get("name").Text() == "displayName" && (!attr.Get("required").IsTrue() || attr.Get("uniqueness").Text() != "server") {
			t.Errorf("%s", attr.JSON())
		}
	}
}
