package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/server"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// cost returns the cost of the last request in the log.
type cost struct {
	Calls int
	RCU   float64
	Plan  string
	Read  int
}

func (c *client) cost() (last cost) {
	c.Helper()
	lines := strings.Split(strings.TrimSpace(c.log.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil {
		c.Fatal(err)
	}
	return last
}

// found returns the ids that a search finds, in order.
func (c *client) found(endpoint, filter string) (ids []string) {
	c.Helper()
	a := c.wants(c.send("GET", endpoint+escape(filter), ""), 200, "")
	for _, v := range a.Body.Get("Resources").Items() {
		ids = append(ids, v.Get("id").Text())
	}
	slices.Sort(ids)
	if total := a.Body.Get("totalResults").Text(); total != fmt.Sprint(len(ids)) {
		c.Errorf("%s: totalResults %s: %s", filter, total, a.Text)
	}
	return ids
}

// nested creates three users, and nested groups: low has the members a and b, high has low and c,
// and empty has none.
func (c *client) nested() (users []string, low, high, empty answer) {
	c.Helper()
	users = c.people("a", "b", "c")
	low = c.createGroup("low",
		`,"externalId":"Ext","members":[{"value":"`+users[0]+`","display":"Ann"},{"value":"`+users[1]+`"}]`)
	high = c.createGroup("high", `,"members":`+value(id(low), users[2]))
	return users, low, high, c.createGroup("empty", "")
}

func TestGroupFilters(t *testing.T) { // P-3.4.2.2-26, P-3.4.2.2-30, P-3.4.2-8, S-4.2-4
	c := newClient(t)
	users, low, high, empty := c.nested()
	a, b := users[0], users[1]
	names := map[string]string{id(low): "low", id(high): "high", id(empty): "empty"}
	for filter, want := range map[string]string{
		`displayName eq "LOW"`:                           "low",
		`externalId eq "Ext"`:                            "low",
		`externalId eq "ext"`:                            "",
		`id eq "` + id(low) + `"`:                        "low",
		`members eq "` + a + `"`:                         "low",
		`members.value eq "` + a + `"`:                   "low",
		`members[value eq "` + a + `"]`:                  "low",
		`members eq "` + id(low) + `"`:                   "high",
		`members eq ""`:                                  "",
		`members eq "#"`:                                 "",
		`members eq "é漢"`:                                "",
		`members eq "` + strings.Repeat("x", 2000) + `"`: "",
		`not (members eq "" or members eq "#" or members eq "` + strings.Repeat("x", 2000) + `")`: "empty high low",
		`members eq "` + a + `" or members eq "` + a + `"`:                                        "low",
		`id eq "` + id(low) + `" and members eq ""`:                                               "",
		`members eq "nobody"`:                                          "",
		`id eq "` + id(low) + `" and members eq "` + b + `"`:           "low",
		`members eq "` + b + `" and id eq "` + id(low) + `"`:           "low",
		`id eq "` + id(high) + `" and members eq "` + b + `"`:          "",
		`members eq "` + a + `" and members eq "` + b + `"`:            "low",
		`members eq "` + a + `" and members eq "` + users[2] + `"`:     "",
		`members eq "` + a + `" or displayName eq "empty"`:             "empty low",
		`members eq "` + a + `" and not (members eq "` + b + `")`:      "",
		`members ne "` + a + `"`:                                       "empty high",
		`not (members eq "` + a + `")`:                                 "empty high",
		`members pr`:                                                   "high low",
		`not (members pr)`:                                             "empty",
		`members.display co "nn"`:                                      "low",
		`members.type eq "Group"`:                                      "high",
		`members[value eq "` + a + `" and display eq "Ann"]`:           "low",
		`members[value eq "` + b + `" and display eq "Ann"]`:           "",
		`members[value ne "` + a + `"]`:                                "high low",
		`members[value eq "` + a + `" or value eq "` + users[2] + `"]`: "high low",
		`displayName sw "l" and members eq "` + a + `"`:                "low",
		`meta.resourceType eq "Group"`:                                 "empty high low",
		scim.GroupSchema + `:members eq "` + a + `"`:                   "low",
	} {
		var got []string
		for _, id := range c.found("/Groups?filter=", filter) {
			got = append(got, names[id])
		}
		if slices.Sort(got); strings.Join(got, " ") != want {
			t.Errorf("%s finds %v, want %s", filter, got, want)
		}
	}
	c.wants(c.send("GET", "/Groups?filter="+escape(`userName eq "a"`), ""), 400, "invalidFilter")
	c.wants(c.send("GET", "/Groups?filter="+escape(`members co 5`), ""), 400, "invalidFilter")
}

// A search by key costs few calls, and edges are read only if they matter.
func TestCostOfGroupQueries(t *testing.T) { // design: round trips and capacity
	c := newClient(t)
	users, low, _, _ := c.nested()
	const without = "excludedAttributes=members"
	for query, want := range map[string]int{
		path(low) + "?" + without: 1,
		path(low):                 3,
		"/Groups?" + without + "&filter=" + escape(`displayName eq "low"`):                                    2,
		"/Groups?" + without + "&filter=" + escape(`externalId eq "Ext"`):                                     2,
		"/Groups?" + without + "&filter=" + escape(`id eq "`+id(low)+`"`):                                     1,
		"/Groups?" + without + "&filter=" + escape(`id eq "`+id(low)+`" and members eq "`+users[0]+`"`):       2,
		"/Groups?" + without + "&filter=" + escape(`members.value eq "`+users[0]+`" and id eq "`+id(low)+`"`): 2,
		"/Groups?" + without: 2,
		"/Users/" + users[0] + "?excludedAttributes=groups": 1,
	} {
		c.wants(c.send("GET", query, ""), 200, "")
		if got := c.cost(); got.Calls != want {
			t.Errorf("%s takes %d calls, want %d", query, got.Calls, want)
		}
	}
}

// The answer to a membership check contains no other members.
func TestMembershipCheck(t *testing.T) { // design: round trips and capacity
	c := newClient(t)
	users, low, _, _ := c.nested()
	ask := func(more string) scim.Value {
		filter := escape(`id eq "` + id(low) + `" and members eq "` + users[1] + `"`)
		a := c.wants(c.send("GET", "/Groups?filter="+filter+more, ""), 200, "")
		return a.Body.Get("Resources").Items()[0]
	}
	if got := memberIDs(ask("")); !slices.Equal(got, users[1:2]) || c.cost().Calls != 2 {
		t.Errorf("%v in %d calls", got, c.cost().Calls)
	}
	got := ask("&attributes=id")
	if got.JSON() != `{"schemas":["`+scim.GroupSchema+`"],"id":"`+id(low)+`"}` || c.cost().Calls != 2 {
		t.Errorf("%s in %d calls", got.JSON(), c.cost().Calls)
	}
	whole := c.send("GET", "/Groups?filter="+escape(`members eq "`+users[1]+`"`), "").Body.Get("Resources").Items()[0]
	if whole.JSON() != c.get(low).Text {
		t.Errorf("%s", whole.JSON())
	}
}

// Members that the client does not want are not read: in this test they can't be read.
func TestExcludedMembersAreNotRead(t *testing.T) {
	t.Parallel()
	table, broken := testkit.Table(t), false
	transport := fault.Script(http.DefaultTransport,
		fault.Rule{Operation: "Query", Calls: func(int) bool { return broken }, Fault: fault.Denied})
	c := newClient(t, func(o *server.Options) { o.Directory = open(t, table, transport) })
	g := c.createGroup("g", `,"members":`+value(c.people("a")...))
	broken = true
	const without = "?excludedAttributes=members"
	c.wants(c.send("GET", path(g)+without, ""), 200, "")
	c.wants(c.send("GET", path(g), "", "If-None-Match", g.Header.Get("ETag")), 304, "")
	c.wants(c.send("GET", "/Groups"+without+"&filter="+escape(`displayName eq "g"`), ""), 200, "")
	c.wants(c.send("PATCH", path(g)+without,
		message(`[{"op":"add","path":"members","value":`+value(memberIDs(g.Body)...)+`}]`)), 200, "")
	c.wants(c.patch(g, `[{"op":"remove","path":"members[value eq \"`+memberIDs(g.Body)[0]+`\"]"}]`), 204, "")
	broken = false
	c.holds(g)
}

func TestGroupsOfUsers(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	users, low, high, _ := c.nested()
	entry := func(g answer, kind string) string {
		return `{"value":"` + id(g) + `","$ref":"` + base + path(g) + `","display":"` +
			g.Body.Get("displayName").Text() + `","type":"` + kind + `"}`
	}
	in := func(entries ...string) string { slices.Sort(entries); return "[" + strings.Join(entries, ",") + "]" }
	want := map[string]string{ // S-4.1.2-8, S-4.1.2-10, S-4.1.2-13, S-4.2-4
		users[0]: in(entry(low, "direct"), entry(high, "indirect")),
		users[1]: in(entry(low, "direct"), entry(high, "indirect")),
		users[2]: in(entry(high, "direct")),
	}
	check := func(by string, v scim.Value) {
		t.Helper()
		if got := v.Get("groups").JSON(); got != want[v.Get("id").Text()] {
			t.Errorf("%s: %s, want %s", by, got, want[v.Get("id").Text()])
		}
	}
	for _, query := range []string{
		"", "?filter=" + escape(`userName pr`), "?attributes=groups", "?filter=" + escape(`groups pr`),
	} {
		for _, v := range c.wants(c.send("GET", "/Users"+query, ""), 200, "").Body.Get("Resources").Items() {
			check(query, v)
		}
	}
	ann := c.send("GET", "/Users/"+users[0], "")
	check("GET", ann.Body)
	// S-4.1.2-7, S-4.1.2-9
	check("PUT", c.wants(c.send("PUT", path(ann), user("a", `,"groups":[]`)), 200, "").Body)
	check("PATCH", c.wants(c.patch(ann, `[{"op":"add","path":"title","value":"x"}]`), 200, "").Body)
	c.wants(c.patch(ann, `[{"op":"remove","path":"groups"}]`), 400, "mutability")
	// P-3.9-3
	if got := c.send("GET", path(ann)+"?excludedAttributes=groups", ""); got.Body.Get("groups").Kind() != scim.Null {
		t.Errorf("%s", got.Text)
	}
	tag := c.get(ann).Header.Get("ETag")
	c.patched(low, `[{"op":"remove","path":"members[value eq \"`+users[0]+`\"]"}]`)
	now := c.get(ann)
	if now.Body.Get("groups").Kind() != scim.Null || now.Header.Get("ETag") != tag { // P-3.14-11
		t.Errorf("%s", now.Text)
	}
	c.wants(c.send("DELETE", path(high), ""), 204, "")
	if bob := c.send("GET", "/Users/"+users[1], ""); bob.Body.Get("groups").JSON() != in(entry(low, "direct")) {
		t.Errorf("%s", bob.Text)
	}
}

func TestFiltersOnGroupsOfUsers(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	users, low, high, empty := c.nested()
	lone := c.people("lone")[0]
	letters := map[string]string{users[0]: "a", users[1]: "b", users[2]: "c", lone: "l"}
	for filter, want := range map[string]string{
		`groups.value eq "` + id(low) + `"`:                                              "ab",
		`groups eq "` + id(high) + `"`:                                                   "abc",
		`groups[value eq "` + id(high) + `"]`:                                            "abc",
		`groups.value eq "` + id(empty) + `"`:                                            "",
		`groups.value eq ""`:                                                             "",
		`groups.value eq "#"`:                                                            "",
		`groups.value eq "` + strings.Repeat("x", 2000) + `"`:                            "",
		`groups.value eq "none"`:                                                         "",
		`groups.value eq "` + id(high) + `" and userName eq "b"`:                         "b",
		`groups.value eq "` + id(high) + `" and userName sw "b"`:                         "b",
		`groups.value eq "` + id(high) + `" and groups.value eq "` + id(low) + `"`:       "ab",
		`groups.value eq "` + id(high) + `" and not (groups.value eq "` + id(low) + `")`: "c",
		`id eq "` + users[2] + `" and groups.value eq "` + id(low) + `"`:                 "",
		`groups[value eq "` + id(high) + `" and type eq "direct"]`:                       "c",
		`groups.display eq "LOW"`:                                                        "ab",
		`groups.type eq "indirect"`:                                                      "ab",
		`not (groups pr)`:                                                                "l",
		`groups.value eq "` + id(low) + `" or userName eq "lone"`:                        "abl",
		scim.UserSchema + `:groups.value eq "` + id(low) + `"`:                           "ab",
	} {
		got := ""
		for _, id := range c.found("/Users?filter=", filter) {
			got += letters[id]
		}
		letters := strings.Split(got, "")
		if slices.Sort(letters); strings.Join(letters, "") != want {
			t.Errorf("%s finds %s, want %s", filter, got, want)
		}
	}
	inHigh := escape(`groups.value eq "` + id(high) + `"`)
	page := c.wants(c.send("GET", "/Users?startIndex=2&count=1&filter="+inHigh, ""), 200, "").Body
	if page.Get("totalResults").Text() != "3" || len(page.Get("Resources").Items()) != 1 ||
		page.Get("Resources").Items()[0].Get("id").Text() != slices.Sorted(slices.Values(users))[1] {
		t.Errorf("%s", page.JSON())
	}
}

// A deleted user is in no group, and no user is in a deleted group.
func TestDeletedMembers(t *testing.T) { // P-3.6-8
	c := newClient(t)
	users, low, high, _ := c.nested()
	c.wants(c.send("DELETE", "/Users/"+users[0], ""), 204, "")
	c.holds(low, users[1])
	c.wants(c.send("DELETE", path(low), ""), 204, "")
	c.holds(high, users[2])
}

func TestCycles(t *testing.T) { // S-4.2-4
	c := newClient(t)
	_, low, high, _ := c.nested()
	for _, v := range []string{value(id(high)), value(id(low))} {
		refused := c.wants(c.patch(low, `[{"op":"add","path":"members","value":`+v+`}]`), 400, "invalidValue")
		if !strings.Contains(refused.Body.Get("detail").Text(), "member of itself") {
			t.Errorf("%s", refused.Text)
		}
	}
	c.unchanged(low)
	c.unchanged(high)
	last := high
	for i := 0; ; i++ {
		a := c.send("POST", "/Groups", group(fmt.Sprint("n", i), `,"members":`+value(id(last))))
		if a.StatusCode == 400 && strings.Contains(a.Body.Get("detail").Text(), "deep") {
			break
		}
		if last = c.wants(a, 201, ""); i > 20 {
			t.Fatal("no bound on the depth")
		}
	}
}
