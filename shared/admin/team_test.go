package admin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// newTeam makes a team and returns its path.
func (b *bench) newTeam(name string) string {
	b.Helper()
	return "/tenants/acme/teams/" +
		b.send(201, "POST", "/tenants/acme/teams", fmt.Sprintf(`{"name":%q}`, name)).text("id")
}

func person(name string, emails ...string) directory.Content {
	var list []scim.Value
	for _, email := range emails {
		list = append(list, scim.Map(scim.Member{Name: "value", Value: scim.Text(email)}))
	}
	return directory.Content{Doc: scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.UserSchema)},
		scim.Member{Name: "userName", Value: scim.Text(name)}, scim.Member{Name: "emails", Value: scim.List(list...)})}
}

func (b *bench) newAccount(name string, emails ...string) string {
	b.Helper()
	a, err := b.dir.Accounts().Create(b.Context(), directory.AccountContent{Content: person(name, emails...)})
	if err != nil {
		b.Fatal(err)
	}
	return string(a.ID)
}

func (b *bench) newGroup(id tenant.ID, name string) string {
	b.Helper()
	doc := scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(scim.GroupSchema)},
		scim.Member{Name: "externalId", Value: scim.Text("x")},
		scim.Member{Name: "displayName", Value: scim.Text(name)})
	made, err := b.dir.For(id).Groups().Create(b.Context(), doc, directory.MemberEdit{})
	if err != nil {
		b.Fatal(err)
	}
	return string(made.Group.ID)
}

func TestTeams(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	b.send(201, "POST", "/tenants", `{"id":"globex"}`)
	made := b.send(201, "POST", "/tenants/acme/teams", `{"name":"Crew"}`)
	path := "/tenants/acme/teams/" + made.text("id")
	if made.text("managedBy") != "operator" || made.text("name") != "Crew" ||
		made.text("created") != "2027-01-15T08:00:00Z" {
		t.Errorf("made %v", made)
	}
	a := b.send(200, "PATCH", path, `{"name":"Pilots"}`)
	if a.text("name") != "Pilots" || a.text("id") != made.text("id") {
		t.Errorf("renamed %v", a)
	}
	b.newTeam("crew")
	first := b.send(200, "GET", "/tenants/acme/teams?limit=1", "")
	second := b.send(200, "GET", "/tenants/acme/teams?limit=1&after="+first.text("next"), "")
	if len(first.get("teams").([]any)) != 1 || len(second.get("teams").([]any)) != 1 || second.get("next") != nil {
		t.Errorf("pages %v and %v", first, second)
	}
	a = b.send(200, "GET", "/tenants/acme/teams?name=PILOTS", "")
	if len(a.get("teams").([]any)) != 1 || !strings.Contains(a.text("teams"), made.text("id")) {
		t.Errorf("by name: %v", a)
	}
	b.newGroup("acme", "Staff")
	for _, query := range []string{"acme/teams?name=staff", "acme/teams?name=Nobody", "globex/teams?name=Pilots"} {
		if a := b.send(200, "GET", "/tenants/"+query, ""); a.text("teams") != "[]" {
			t.Errorf("%s: %v", query, a)
		}
	}
	b.send(400, "GET", "/tenants/acme/teams?name=", "")
	if a := b.send(200, "DELETE", path, ""); a.text("name") != "Pilots" {
		t.Errorf("deleted %v", a)
	}
	for _, method := range []string{"GET", "DELETE"} {
		if a := b.send(404, method, path, ""); !strings.Contains(a.text("message"), "no team") {
			t.Errorf("%s: %v", method, a)
		}
	}
	b.send(404, "PATCH", path, `{"name":"x"}`)
	b.send(404, "GET", path+"/members", "")
	b.send(404, "POST", path+"/members", `{"add":["ann"]}`)
	for _, path := range []string{
		"/tenants/none/teams", "/tenants/none/teams/x", "/tenants/none/groups", "/tenants/none/groups/x",
	} {
		if a := b.send(404, "GET", path, ""); !strings.Contains(a.text("message"), "no tenant") {
			t.Errorf("%s: %v", path, a)
		}
	}
	if a := b.send(200, "GET", "/tenants/globex/teams", ""); a.text("teams") != "[]" {
		t.Errorf("of another tenant: %v", a)
	}
}

func TestTeamNames(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	group, path := b.newGroup("acme", "Staff"), b.newTeam("Crew")
	team := path[strings.LastIndex(path, "/")+1:]
	for _, body := range []string{
		`{}`, `{"name":""}`, `{"name":" "}`, `{"name":"a\u0007"}`, `{"name":"a\u202eb"}`, `{"name":"\u2028"}`,
		`{"name":"a\u2028b"}`, `{"name":"\u200b"}`, `{"name":"\u3164 "}`, `{"name":"\ufe0f"}`, `{"name":7}`,
		`{"name":"` + strings.Repeat("x", 201) + `"}`, `{"title":"x"}`,
	} {
		b.send(400, "POST", "/tenants/acme/teams", body)
		b.send(400, "PATCH", path, body)
	}
	for body, holder := range map[string]string{
		`{"name":"STAFF"}`: "group " + group, `{"name":"crew"}`: "team " + team,
	} {
		if a := b.send(409, "POST", "/tenants/acme/teams", body); !strings.Contains(a.text("message"), holder) {
			t.Errorf("%s: %v", body, a)
		}
	}
	if a := b.send(409, "PATCH", path, `{"name":"staff"}`); !strings.Contains(a.text("message"), "group "+group) {
		t.Errorf("renamed: %v", a)
	}
	if strings.Contains(b.log.String(), "Crew") || !strings.Contains(b.log.String(), `"team":"`+team) {
		t.Errorf("the log: %s", b.log.String())
	}
}

func TestTeamMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	path, ann := b.newTeam("Crew")+"/members", string(b.newUser("acme", "ann"))
	bob, dan := b.newAccount("bob", "bob@example.com"), b.newAccount("dan", "dan@example.com")
	eve, err := b.dir.For("acme").Users().Create(t.Context(), person("eve", "dan"))
	if err != nil {
		t.Fatal(err)
	}
	a := b.send(200, "POST", path, `{"add":["ANN","Bob@Example.com","`+dan+`"]}`)
	if a.text("add") != fmt.Sprint([]string{ann, bob, dan}) || a.text("remove") != "[]" {
		t.Errorf("added %v", a)
	}
	for i, want := range []string{"user ann", "account bob", "account dan"} {
		p := answer(a.get("persons").([]any)[i].(map[string]any))
		if p.text("kind")+" "+p.text("userName") != want || p.get("wasMember") != false {
			t.Errorf("added %v, want %s", p, want)
		}
	}
	a = b.send(200, "POST", path, `{"add":["Ann","`+ann+`"],"remove":["`+string(eve.ID)+`"]}`)
	want := fmt.Sprintf("[map[id:%s kind:user userName:ann wasMember:true] "+
		"map[id:%s kind:user userName:eve wasMember:false]]", ann, eve.ID)
	if a.text("persons") != want {
		t.Errorf("added again: %v", a)
	}
	kinds := map[string]string{}
	for _, m := range b.send(200, "GET", path, "").get("members").([]any) {
		m := m.(map[string]any)
		kinds[m["id"].(string)] = fmt.Sprint(m["kind"], " ", m["userName"])
	}
	if len(kinds) != 3 || kinds[ann] != "user ann" || kinds[bob] != "account bob" || kinds[dan] != "account dan" {
		t.Errorf("members %v", kinds)
	}
	if page := b.send(200, "GET", path+"?limit=2", ""); len(page.get("members").([]any)) != 2 ||
		page.get("next") == nil {
		t.Errorf("a page: %v", page)
	}
	a = b.send(409, "POST", path, `{"add":["dan"]}`)
	if !strings.Contains(a.text("message"), "eve (user "+string(eve.ID)) ||
		!strings.Contains(a.text("message"), "dan (account "+dan) {
		t.Errorf("of two: %v", a)
	}
	for _, body := range []string{
		``, `{"add":[]}`, `{"add":["nobody"]}`, `{"remove":["nobody"]}`, `{"add":[""]}`,
		`{"add":["ann"],"remove":["ann"]}`, `{"add":"ann"}`,
		`{"add":["3f6f2f0e-0000-4000-8000-000000000000"]}`, `{"add":["` + strings.Repeat(`ann","`, 30) + `ann"]}`,
	} {
		b.send(400, "POST", path, body)
	}
	gone := "3f6f2f0e-0000-4000-8000-000000000000"
	a = b.send(200, "POST", path, `{"add":["ann"],"remove":["bob","`+dan+`","`+gone+`","`+string(eve.ID)+`"]}`)
	if a.text("remove") != fmt.Sprint([]string{bob, dan}) ||
		!strings.Contains(a.text("persons"), "id:"+gone+" kind:nobody wasMember:false") {
		t.Errorf("removed %v", a)
	}
	if left := b.send(200, "GET", path, "").get("members").([]any); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}

// A person whose name only looks like an id can be found and removed.
func TestTeamMembersWhoseNamesLookLikeIDs(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	path := b.newTeam("Crew") + "/members"
	const id = "3f6f2f0e-0000-4000-8000-000000000000"
	for _, name := range []string{
		id, strings.ToUpper(id[:35]) + "1", strings.ReplaceAll(id, "-", ""), "urn:uuid:" + id, "{" + id + "}",
	} {
		ann := b.newAccount(name)
		if a := b.send(200, "POST", path,
			fmt.Sprintf(`{"add":[%q]}`, name)); a.text("add") != fmt.Sprint([]string{ann}) {
			t.Errorf("added %s: %v", name, a)
		}
		a := b.send(200, "POST", path, fmt.Sprintf(`{"remove":[%q]}`, name))
		if a.text("remove") != fmt.Sprint([]string{ann}) {
			t.Errorf("removed %s: %v", name, a)
		}
		if left := b.send(200, "GET", path, "").text("members"); left != "[]" {
			t.Errorf("%s is left in %s", name, left)
		}
	}
	bob := b.newUser("acme", "bob")
	b.newAccount(string(bob))
	if a := b.send(200, "POST", path, fmt.Sprintf(`{"add":[%q]}`, bob)); a.text("add") != fmt.Sprint([]scim.ID{bob}) {
		t.Errorf("of an id and a name the id is meant: %v", a)
	}
}

// Joiners are part of names.
func TestTeamNamesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	for _, name := range []string{
		"\U0001F468\u200d\U0001F680", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u2764\ufe0f",
		" Night ",
	} {
		path := b.newTeam(name)
		if a := b.send(200, "GET", path, ""); a.text("name") != name {
			t.Errorf("%q is %v", name, a)
		}
	}
}

// Groups can be read, but not changed.
func TestGroupsAreReadOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	id, team := b.newGroup("acme", "Staff"), b.newTeam("Crew")
	b.newGroup("acme", "Pilots")
	path := "/tenants/acme/groups/" + id
	a := b.send(200, "GET", path, "")
	if a.text("name") != "Staff" || a.text("managedBy") != "scim" || a.text("externalId") != "x" {
		t.Errorf("the group: %v", a)
	}
	first := b.send(200, "GET", "/tenants/acme/groups?limit=1", "")
	second := b.send(200, "GET", "/tenants/acme/groups?limit=1&after="+first.text("next"), "")
	if len(first.get("groups").([]any)) != 1 || len(second.get("groups").([]any)) != 1 || second.get("next") != nil {
		t.Errorf("pages %v and %v", first, second)
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for _, path := range []string{path, "/tenants/acme/groups"} {
			if a := b.send(405, method, path, `{"name":"x"}`); !strings.Contains(a.text("message"), "read-only") {
				t.Errorf("%s %s: %v", method, path, a)
			}
		}
	}
	b.send(404, "GET", strings.Replace(team, "teams", "groups", 1), "")
	b.send(404, "PATCH", "/tenants/acme/teams/"+id, `{"name":"x"}`)
	b.send(404, "DELETE", "/tenants/acme/teams/"+id, "")
	if g, err := b.dir.For("acme").Groups().Get(t.Context(), scim.ID(id)); err != nil || g.Version != 1 {
		t.Errorf("%+v, %v", g, err)
	}
}

// The teams of a suspended tenant can be changed. Those of a deleted tenant are deleted.
func TestTeamsOfInactiveTenants(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	path := b.newTeam("Crew")
	b.newUser("acme", "ann")
	b.send(200, "POST", "/tenants/acme/suspend", "")
	b.send(200, "POST", path+"/members", `{"add":["ann"]}`)
	other := b.newTeam("Other")
	if a := b.send(200, "DELETE", "/tenants/acme?confirm=acme", ""); a.text("teams") != "0" ||
		a.text("done") != "false" {
		t.Errorf("deleted %v", a)
	}
	for path, method := range map[string]string{
		"/tenants/acme/teams": "POST", path: "PATCH", other: "DELETE", path + "/members": "POST",
	} {
		body := map[string]string{"POST": `{"name":"x"}`, "PATCH": `{"name":"x"}`}[method]
		if strings.HasSuffix(path, "members") {
			body = `{"add":["ann"]}`
		}
		if a := b.send(409, method, path, body); !strings.Contains(a.text("message"), "is being deleted") {
			t.Errorf("%s %s: %v", method, path, a)
		}
	}
	b.now = b.now.Add(90 * time.Second)
	b.send(200, "DELETE", "/tenants/acme?confirm=acme", "")
	b.send(404, "GET", "/tenants/acme/teams", "")
}
