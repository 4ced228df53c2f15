package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// crew is a client whose tenant has a team with ann, and a group with ann and bob.
type crew struct {
	*client
	dir         *directory.Directory
	table, team string
	ann, circle answer
}

const crewName = "Ship Crew"

func newCrew(t *testing.T, profile tenant.Profile) *crew {
	c := &crew{table: testkit.Table(t)}
	c.dir = open(t, c.table, http.DefaultTransport)
	c.client = newClientOn(t, c.dir)
	c.origin.Caller.Profile = profile
	c.ann = c.create("ann", "")
	c.circle = c.createGroup("circle", `,"members":`+value(id(c.ann), id(c.create("bob", ""))))
	team, err := c.dir.For("acme").Teams().Create(t.Context(), crewName)
	if err == nil {
		_, err = c.dir.For("acme").Teams().Edit(t.Context(), team.ID,
			directory.TeamEdit{Add: []scim.ID{scim.ID(id(c.ann))}})
	}
	if err != nil {
		t.Fatal(err)
	}
	c.team = string(team.ID)
	return c
}

// holdings are the items of the team, without those of the log, which contains the requests about it.
func (c *crew) holdings() map[string]string {
	c.Helper()
	return scanned(c.T, c.table, func(item table.Item) bool {
		text := fmt.Sprint(item)
		return !strings.Contains(item.Text("PK"), "#LOG#") &&
			(strings.Contains(text, c.team) || strings.Contains(text, "#COUNT#TEAM"))
	})
}

// scanned returns the wanted items of a table as texts, by their keys.
func scanned(t *testing.T, name string, wanted func(table.Item) bool) map[string]string {
	t.Helper()
	db, err := table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for item, err := range db.Scan(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if wanted(item) {
			all[item.Text("PK")+" "+item.Text("SK")] = fmt.Sprint(item)
		}
	}
	return all
}

// ask sends a request that names the team, and the same request about a resource that does not exist.
// The answers must not differ.
func (c *crew) ask(method, target, body string, headers ...string) answer {
	c.Helper()
	nobody := strings.NewReplacer(c.team, "00000000-0000-4000-8000-000000000001", crewName, "Ship Nobody")
	a := c.send(method, target, body, headers...)
	b := c.send(method, nobody.Replace(target), nobody.Replace(body), headers...)
	if a.StatusCode != b.StatusCode || nobody.Replace(a.Text) != b.Text ||
		a.Header.Get("ETag") != b.Header.Get("ETag") {
		c.Errorf("%s %s %s: %d %s\nabout nobody: %d %s",
			method, target, body, a.StatusCode, a.Text, b.StatusCode, b.Text)
	}
	return a
}

// No SCIM request reads, changes or reveals a team, on any endpoint, by any method.
func TestTeamsAreOutOfReach(t *testing.T) {
	t.Parallel()
	profiles := []tenant.Profile{tenant.Entra, tenant.Strict, tenant.Generic, tenant.Okta}
	for _, profile := range profiles[:testkit.Size(4, 1)] {
		t.Run(string(profile), func(t *testing.T) {
			c := newCrew(t, profile)
			before := c.holdings()
			if len(before) != 5 { // the team, its name, its number and two edges
				t.Fatalf("the team is %v", before)
			}
			c.walkTeam()
			c.searchTeam()
			c.borrowTeam()
			c.memberships()
			if after := c.holdings(); !maps.Equal(before, after) {
				t.Errorf("the team is\n%v\nand was\n%v", after, before)
			}
		})
	}
}

// walkTeam uses the team as a resource of each endpoint.
func (c *crew) walkTeam() {
	c.Helper()
	bodies := []string{
		"", "{}", group("taken over", ""), group(crewName+" 2", `,"members":`+value(id(c.ann))),
		message(`[{"op":"replace","path":"displayName","value":"taken over"}]`),
		message(`[{"op":"remove","path":"members[value eq \"` + id(c.ann) + `\"]"}]`),
	}
	headers := [][]string{nil, {"If-Match", "*"}, {"If-Match", `W/"2"`}, {"If-None-Match", "*"}, nil}
	walked := 0
	for _, pattern := range c.server.Patterns() {
		if !strings.Contains(pattern, "{id}") {
			continue
		}
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "POST"} {
			for _, body := range bodies {
				walked++
				target := strings.ReplaceAll(pattern, "{id}", c.team)
				if a := c.ask(method, target, body, headers[walked%len(headers)]...); a.StatusCode < 400 {
					c.Errorf("%s %s: %d %s", method, target, a.StatusCode, a.Text)
				}
			}
		}
	}
	if walked < 72 {
		c.Errorf("only %d requests were sent", walked)
	}
}

// searchTeam looks for the team in every way that finds a group.
func (c *crew) searchTeam() {
	c.Helper()
	for _, filter := range []string{
		`id eq "` + c.team + `"`, `displayName eq "` + crewName + `"`, `displayName eq "SHIP crew"`,
		`displayName sw "Ship"`, `displayName co "crew"`,
		`id eq "` + c.team + `" and members.value eq "` + id(c.ann) + `"`, `members.value eq "` + c.team + `"`,
		`members[value eq "` + c.team + `"]`,
		`groups.value eq "` + c.team + `"`, `groups eq "` + c.team + `"`,
		`groups.display eq "` + crewName + `"`, `externalId eq "` + c.team + `"`,
		`meta.location ew "` + c.team + `"`, `id eq "` + c.team + `" or displayName eq "` + crewName + `"`,
	} {
		for _, endpoint := range []string{"/Users", "/Groups"} {
			c.finds(c.ask("GET", endpoint+"?filter="+escape(filter), ""))
		}
		for _, endpoint := range []string{"/Users/.search", "/Groups/.search", "/.search"} {
			c.finds(c.ask("POST", endpoint,
				`{"schemas":["`+scim.SearchRequestMessage+`"],"filter":`+enclose(filter)+`}`))
		}
	}
	for _, endpoint := range []string{"/Groups", "/Groups?filter=displayName+pr", "/Groups?sortBy=displayName",
		"/Groups?cursor", "/Groups?count=0",
		"/Groups?filter=" + escape(`members.value eq "`+id(c.ann)+`"`)} {
		a := c.wants(c.send("GET", endpoint, ""), 200, "")
		if a.Body.Get("totalResults").Text() != "1" || strings.Contains(a.Text, c.team) {
			c.Errorf("%s: %s", endpoint, a.Text)
		}
	}
}

// finds fails the test if a search finds anything.
func (c *crew) finds(a answer) {
	c.Helper()
	if a.StatusCode == 200 && a.Body.Get("totalResults").Text() != "0" {
		c.Errorf("found %s", a.Text)
	}
}

// borrowTeam names the team as a member of a group, and a resource that does not exist.
func (c *crew) borrowTeam() {
	c.Helper()
	for _, more := range []string{`}`, `,"type":"Group"}`, `,"type":"User"}`} {
		for _, method := range []string{"add", "replace", "remove", "PUT", "POST"} {
			with := c.borrow(method, `{"value":"`+c.team+`"`+more)
			without := c.borrow(method, `{"value":"00000000-0000-4000-8000-000000000001"`+more)
			if with != without {
				c.Errorf("%s of the team%s: %s, of nobody: %s", method, more, with, without)
			}
		}
	}
	c.wants(c.send("PUT", path(c.circle), group("circle", `,"members":`+value(id(c.ann)))), 200, "")
}

// borrow changes a group of its own and describes the result.
func (c *crew) borrow(method, element string) string {
	c.Helper()
	members := `,"members":[` + element + `,{"value":"` + id(c.ann) + `"}]`
	g := c.createGroup("borrower", `,"members":`+value(id(c.ann)))
	var a answer
	switch method {
	case "POST":
		c.wants(c.send("DELETE", path(g), ""), 204, "")
		if a = c.send("POST", "/Groups", group("borrower", members)); a.StatusCode != 201 {
			return fmt.Sprint(a.StatusCode, a.Body.Get("scimType").Text())
		}
		g = a
	case "PUT":
		a = c.send("PUT", path(g), group("borrower", members))
	default:
		a = c.send("PATCH", path(g), message(`[{"op":"`+method+`","path":"members","value":[`+element+`]}]`))
	}
	now := c.get(g)
	c.wants(c.send("DELETE", path(g), ""), 204, "")
	return fmt.Sprint(a.StatusCode, a.Body.Get("scimType").Text(), now.Header.Get("ETag"), memberIDs(now.Body))
}

// memberships: a user is in groups, never in teams.
func (c *crew) memberships() {
	c.Helper()
	for _, target := range []string{path(c.ann), "/Users?filter=" + escape(`userName eq "ann"`), "/Users", "/Me"} {
		if target == "/Me" {
			c.as(id(c.ann), tenant.Read, tenant.Write)
		}
		a := c.wants(c.send("GET", target, ""), 200, "")
		if strings.Contains(a.Text, c.team) || strings.Contains(a.Text, crewName) ||
			!strings.Contains(a.Text, id(c.circle)) {
			c.Errorf("%s: %s", target, a.Text)
		}
	}
	c.wants(c.send("PATCH", "/Me", message(`[{"op":"add","path":"title","value":"Captain"}]`)), 200, "")
	c.as("", tenant.Read, tenant.Write)
}

// A group can't take the name of a team, and the error says that a team has it.
func TestNameOfATeam(t *testing.T) {
	t.Parallel()
	c := newCrew(t, tenant.Strict)
	for what, a := range map[string]answer{
		"POST": c.send("POST", "/Groups", group("ship CREW", "")),
		"PUT":  c.send("PUT", path(c.circle), group("ship CREW", "")),
		"PATCH": c.send("PATCH", path(c.circle),
			message(`[{"op":"replace","path":"displayName","value":"ship CREW"}]`)),
	} {
		if c.wants(a, 409, "uniqueness"); !strings.Contains(a.Body.Get("detail").Text(), "Team "+c.team) {
			t.Errorf("%s: %s", what, a.Text)
		}
	}
	if err := c.dir.For("acme").Teams().Delete(t.Context(), scim.ID(c.team), nil); err != nil {
		t.Fatal(err)
	}
	c.createGroup(crewName, "")
}

// A user who is in a team is changed and deleted like any other user.
func TestUsersInTeams(t *testing.T) {
	t.Parallel()
	c := newCrew(t, tenant.Strict)
	if got := c.wants(c.send("GET", path(c.ann), ""), 200, ""); got.Header.Get("ETag") != c.ann.Header.Get("ETag") {
		t.Errorf("joining a team moved the user to %s", got.Header.Get("ETag"))
	}
	c.wants(c.send("PUT", path(c.ann), user("anne", "")), 200, "")
	if teams, err := c.dir.TeamsOf(t.Context(), scim.ID(id(c.ann))); err != nil || len(teams) != 1 {
		t.Errorf("in %v, %v", teams, err)
	}
	c.wants(c.send("DELETE", path(c.ann), ""), 204, "")
	members, _, err := c.dir.For("acme").Teams().Members(t.Context(), scim.ID(c.team), "", 10)
	if err != nil || len(members) > 0 {
		t.Errorf("left %v, %v", members, err)
	}
}
