package server_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// group is the body of a group with more members, each with its leading comma.
func group(name, more string) string {
	return `{"schemas":["` + scim.GroupSchema + `"],"displayName":"` + name + `"` + more + `}`
}

func (c *client) createGroup(name, more string) answer {
	c.Helper()
	return c.wants(c.send("POST", "/Groups", group(name, more)), 201, "")
}

// value is an array of members with these ids.
func value(ids ...string) string {
	items := make([]string, len(ids))
	for i, id := range ids {
		items[i] = `{"value":"` + id + `"}`
	}
	return `[` + strings.Join(items, ",") + `]`
}

// people creates users and returns their ids in order.
func (c *client) people(names ...string) (ids []string) {
	c.Helper()
	for _, name := range names {
		ids = append(ids, id(c.create(name, "")))
	}
	return ids
}

// memberIDs are the values of members in a representation, in order.
func memberIDs(v scim.Value) (ids []string) {
	for _, m := range v.Get("members").Items() {
		ids = append(ids, m.Get("value").Text())
	}
	slices.Sort(ids)
	return ids
}

// holds fails the test unless a group has these members and no others.
func (c *client) holds(g answer, ids ...string) {
	c.Helper()
	now := c.wants(c.get(g), 200, "")
	want := slices.Sorted(slices.Values(ids))
	if got := memberIDs(now.Body); !slices.Equal(got, want) || now.Body.Get("members").Kind() != scim.Array {
		c.Errorf("members %v, want %v: %s", got, want, now.Text)
	}
}

// patched fails the test unless the answer to a PATCH of a group is the current group. P-3.5.2-27
func (c *client) patched(g answer, operations string) {
	c.Helper()
	a := c.wants(c.patch(g, operations), c.patchStatus(), "")
	if a.Header.Get("Location") != base+path(g) {
		c.Errorf("%v", a.Header)
	}
	if now := c.get(g); a.StatusCode == 200 && (a.Text != now.Text || a.Header.Get("ETag") != now.Header.Get("ETag")) {
		c.Errorf("answered with %s, stored is %s", a.Text, now.Text)
	}
}

// patchStatus is the status of the answer to a PATCH of a small group.
func (c *client) patchStatus() int {
	if c.origin.Caller.Profile == tenant.Entra {
		return 204
	}
	return 200
}

func TestGroup(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ids := c.people("ann", "bob")
	inner := c.createGroup("inner", "")
	a := c.createGroup("Staff",
		`,"id":"mine","externalId":"Ext","members":[{"value":"`+ids[0]+`","display":"Ann"},{"value":"`+ids[1]+
			`","type":"USER"},{"value":"`+id(inner)+`"}]`)
	// P-3.3.1-1, P-3.14-2, P-3.14-3
	if a.Header.Get("Location") != base+"/Groups/"+id(a) || a.Header.Get("ETag") != `W/"1"` ||
		a.Body.Get("meta").Get("resourceType").Text() != "Group" || id(a) == "mine" {
		t.Errorf("%v %s", a.Header, a.Text)
	}
	seen := map[string]bool{}
	for _, m := range a.Body.Get("members").Items() {
		ref, ok := strings.CutPrefix(m.Get("$ref").Text(), base)
		seen[m.Get("value").Text()+m.Get("type").Text()+m.Get("display").Text()] = ok
		// S-2.3.7-4
		got := c.wants(c.send("GET", ref, ""), 200, "")
		if id(got) != m.Get("value").Text() || got.Body.Get("meta").Get("resourceType").Text() != m.Get("type").Text() {
			t.Errorf("%s refers to %s", m.JSON(), got.Text)
		}
	}
	// S-4.2-3
	if len(seen) != 3 || !seen[ids[0]+"UserAnn"] || !seen[ids[1]+"User"] || !seen[id(inner)+"Group"] {
		t.Errorf("%s", a.Text)
	}
	c.unchanged(a)
	if same := c.get(a, "If-None-Match", `W/"1"`); same.StatusCode != 304 {
		t.Errorf("%d", same.StatusCode)
	}
	c.wants(c.send("GET", "/Groups/"+ids[0], ""), 404, "") // P-3.4.1-3, S-3.1-5
	c.wants(c.send("GET", "/Users/"+id(a), ""), 404, "")
	c.wants(c.send("POST", "/Groups", `{"schemas":["`+scim.GroupSchema+`"]}`), 400, "invalidValue") // S-4.2-1
	c.wants(c.send("POST", "/Groups", group("", "")), 400, "invalidValue")
	c.wants(c.send("DELETE", path(a), "", "If-Match", `W/"9"`), 412, "")
	c.wants(c.send("DELETE", path(a), ""), 204, "")
	c.wants(c.get(a), 404, "")
}

func TestGroupNamesAreUnique(t *testing.T) { // S-4.2-6, P-3.5.1-13
	c := newClient(t)
	a, b := c.createGroup("Staff", ""), c.createGroup("Other", "")
	taken := c.wants(c.send("POST", "/Groups", group("STAFF", "")), 409, "uniqueness")
	detail := taken.Body.Get("detail").Text()
	if !strings.Contains(detail, `displayName "STAFF" is in use by Group `+id(a)) || strings.Contains(detail, "user") {
		t.Error(detail)
	}
	c.wants(c.send("PUT", path(b), group("staff", "")), 409, "uniqueness")
	c.wants(c.patch(b, `[{"op":"replace","path":"displayName","value":"staff"}]`), 409, "uniqueness")
	c.wants(c.patch(b, `[{"op":"remove","path":"displayName"}]`), 400, "mutability") // P-3.5.2.2-8
	c.unchanged(b)
	c.wants(c.send("PUT", path(a), group("staff", "")), 200, "")
	other := c.origin.Caller.Tenant
	c.origin.Caller.Tenant = "other"
	c.createGroup("Staff", "")
	c.origin.Caller.Tenant = other
}

// An empty group has an empty array of members.
func TestMembersOfAnEmptyGroup(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	a := c.createGroup("g", `,"members":[]`)
	listed := func(query string) answer {
		return answer{Response: a.Response, Body: c.send("GET", "/Groups"+query, "").Body.Get("Resources").Items()[0]}
	}
	for i, b := range []answer{
		a, c.get(a), c.send("PUT", path(a), group("g", "")), listed(""), listed("?attributes=members"),
		c.send("GET", path(a)+"?attributes=displayName,members", ""),
	} {
		if b.Body.Get("members").JSON() != "[]" {
			t.Errorf("%d: %s", i, b.Body.JSON())
		}
	}
	for i, b := range []answer{
		c.send("GET", path(a)+"?excludedAttributes=members", ""),
		c.send("PUT", path(a)+"?attributes=id", group("g", "")), listed("?excludedAttributes=members"),
	} {
		if b.Body.Get("members").Kind() != scim.Null {
			t.Errorf("%d: %s", i, b.Text)
		}
	}
}

func TestPutGroup(t *testing.T) { // P-3.5-1
	c := newClient(t)
	ids := c.people("a", "b", "d")
	g := c.createGroup("g", `,"externalId":"e","members":`+value(ids[0], ids[1]))
	same := c.wants(c.send("PUT", path(g), g.Text), 200, "")
	if same.Text != g.Text || same.Header.Get("ETag") != `W/"1"` { // P-3.5.1-20
		t.Errorf("%s, was %s", same.Text, g.Text)
	}
	time.Sleep(2 * time.Millisecond)
	b := c.wants(c.send("PUT", path(g), group("g", `,"members":`+value(ids[1], ids[2], ids[2]))), 200, "")
	// P-3.5.1-19, P-3.5.1-2, S-4.2-2
	got := memberIDs(b.Body)
	if !slices.Equal(got, slices.Sorted(slices.Values(ids[1:]))) || b.Header.Get("ETag") == `W/"1"` ||
		!b.Body.Get("externalId").IsEmpty() {
		t.Errorf("%s", b.Text)
	}
	if b.Body.Get("meta").Get("lastModified").Text() <= g.Body.Get("meta").Get("lastModified").Text() {
		t.Errorf("%s", b.Text)
	}
	c.unchanged(b)
	c.wants(c.send("PUT", path(g), group("g", `,"members":`+value(ids[0])), "If-Match", `W/"1"`), 412, "")
	c.unchanged(b)
	if none := c.wants(c.send("PUT", path(g), group("g", "")), 200, ""); none.Body.Get("members").JSON() != "[]" {
		t.Errorf("%s", none.Text)
	}
	c.holds(g)
}

func TestBadMembers(t *testing.T) { // S-4.2-5, P-6-8, S-7-6
	c := newClient(t)
	ann := c.people("ann")[0]
	c.origin.Caller.Tenant = "other"
	foreign := c.people("eve")[0]
	c.origin.Caller.Tenant = "acme"
	g := c.createGroup("g", "")
	for _, v := range []string{
		`{}`, `"` + ann + `"`, `{"value":"` + ann + `"}`, `["` + ann + `"]`, `[null]`, `[{}]`,
		`[{"display":"x"}]`, `[{"value":5}]`, `[{"value":""}]`,
		value(foreign), value("nobody"), value(ann, strings.Repeat("x", 3000)), value("#"),
		`[{"value":"` + ann + `","type":"Device"}]`,
		`[{"value":"` + ann + `","type":"Group"}]`,
		`[{"value":"` + ann + `","$ref":"` + base + `/Groups/` + ann + `"}]`,
		`[{"value":"` + ann + `","type":"Group","$ref":"` + base + `/Users/` + ann + `"}]`,
		`[{"value":"` + ann + `","$ref":"Users/other"}]`,
		`[{"$ref":"https://elsewhere.example.com/Users/` + ann + `"}]`,
		`[{"value":"` + ann + `","display":"` + strings.Repeat("é", 129) + `"}]`,
		`[{"value":"` + ann + `","type":"User"},{"value":"` + ann + `","type":"Group"}]`,
		`[{"value":"` + ann + `","type":"Group"},{"value":"` + ann + `","type":"User"}]`,
	} {
		c.wants(c.send("POST", "/Groups", group("h", `,"members":`+v)), 400, "invalidValue")
		c.wants(c.send("PUT", path(g), group("g", `,"members":`+v)), 400, "invalidValue")
		if v[0] == '[' { // a PATCH may add one value without brackets
			c.wants(c.patch(g, `[{"op":"add","path":"members","value":`+v+`}]`), 400, "invalidValue")
		}
	}
	for _, v := range []string{`{}`, `[{}]`} {
		c.wants(c.patch(g, `[{"op":"replace","path":"members","value":`+v+`}]`), 400, "invalidValue")
	}
	c.unchanged(g)
	var many []string
	for i := range 12 {
		many = append(many, "nobody"+strconv.Itoa(i))
	}
	detail := c.send("PUT", path(g), group("g", `,"members":`+value(many...))).Body.Get("detail").Text()
	if !strings.Contains(detail, `"nobody0"`) ||
		strings.Contains(detail, many[11]) && strings.Contains(detail, many[10]) ||
		!strings.Contains(detail, "and 2 more") {
		t.Error(detail)
	}
}

func TestReferences(t *testing.T) { // P-3.13-4, S-2.3.7-2, S-2.3.7-4
	c := newClient(t)
	ann := c.people("ann")[0]
	for i, ref := range []string{
		base + "/Users/" + ann, strings.TrimSuffix(base, "/v2") + "/Users/" + ann, "Users/" + ann,
		"../Users/" + ann, "/scim/v2/Users/" + ann,
	} {
		for j, more := range []string{`"value":"` + ann + `",`, ``, `"type":"user",`} {
			a := c.createGroup(fmt.Sprint("g", i, j), `,"members":[{`+more+`"$ref":"`+ref+`"}]`)
			got := a.Body.Get("members").JSON()
			if got != `[{"value":"`+ann+`","$ref":"`+base+`/Users/`+ann+`","type":"User"}]` {
				t.Errorf("%s: %s", ref, got)
			}
		}
	}
	c.createGroup("foreign", `,"members":[{"value":"`+ann+`","$ref":"https://elsewhere.example.com/Groups/x"}]`)
}

func TestUnknownMembersByProfile(t *testing.T) { // P-6-8
	c := newClient(t)
	ann, bob := c.people("ann")[0], c.people("bob")[0]
	for _, profile := range []tenant.Profile{tenant.Okta, tenant.Entra} {
		c.origin.Caller.Profile = profile
		g := c.createGroup("g"+string(profile), `,"members":`+value("nobody", ann))
		if got := memberIDs(g.Body); !slices.Equal(got, []string{ann}) {
			t.Errorf("%s", g.Text)
		}
		if !strings.Contains(c.log.String(), `"deviations":["unknown-member"]`) {
			t.Error(c.log)
		}
		c.unchanged(g)
		b := c.wants(c.patch(g, `[{"op":"add","path":"members","value":[{"$ref":null,"value":"nobody"}]}]`),
			c.patchStatus(), "")
		if b.StatusCode == 200 && b.Text != g.Text {
			t.Errorf("%s, was %s", b.Text, g.Text)
		}
		c.unchanged(g)
		c.wants(c.send("PUT", path(g), group("g"+string(profile), `,"members":`+value("nobody"))), 400, "invalidValue")
		for _, replace := range []string{
			`{"op":"replace","path":"members","value":[{"value":"nobody"},{"value":"none"}]}`,
			`{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"nobody"}]}`,
		} {
			refused := c.wants(c.patch(g, `[{"op":"replace","path":"displayName","value":"x"},`+replace+`]`),
				400, "invalidValue")
			if detail := refused.Body.Get("detail").Text(); !strings.Contains(detail, `"nobody"`) {
				t.Error(detail)
			}
		}
		c.unchanged(g)
		c.wants(c.patch(g, `[{"op":"replace","path":"members","value":`+value("nobody", bob)+`}]`), c.patchStatus(), "")
		c.holds(g, bob)
		c.patched(g, `[{"op":"remove","path":"members"}]`)
		c.wants(c.send("PUT", path(g), group("g"+string(profile), `,"members":`+value("nobody"))), 200, "")
		c.log.Reset()
	}
	c.origin.Caller.Profile = tenant.Generic
	c.wants(c.send("POST", "/Groups", group("x", `,"members":`+value("nobody", ann))), 400, "invalidValue")
}

// Groups can have extensions, as users can.
func TestExtensionOfGroups(t *testing.T) {
	t.Parallel()
	c := newClient(t, extended(t))
	g := c.createGroup("g", `,"members":`+value(id(c.create("ann", x(`"must":"m"`))))+x(`"must":"m","def":"d"`))
	c.patched(g,
		`[{"op":"add","value":{"`+extension+`":{"def":"e"},"members":[]}},{"op":"remove","path":"members"},`+
			`{"op":"add","path":"`+extension+`:alw","value":"a"}]`)
	now := c.get(g)
	got := now.Body.Get(extension).JSON()
	if got != `{"def":"e","alw":"a","must":"m"}` || now.Body.Get("members").JSON() != "[]" {
		t.Errorf("%s", now.Text)
	}
	c.shows(now, c.send("GET", path(g)+"?attributes="+extension, "").Body, "id schemas "+extension)
}

// Members that are added in parallel are all members afterwards.
func TestParallelAdds(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	const n = 12
	var users []string
	for i := range n {
		users = append(users, id(c.create("u"+strconv.Itoa(i), "")))
	}
	g := c.createGroup("g", "")
	count := c.race(n, func(i int) answer {
		return c.patch(g,
			`[{"op":"add","path":"members","value":`+value(users[i])+
				`},{"op":"remove","path":"members[value eq \"x\"]"}]`)
	})
	// After a concurrent add the answer is 204, because the members do not belong to the version.
	if count[200]+count[204] != n {
		t.Errorf("statuses %v", count)
	}
	c.holds(g, users...)
}
