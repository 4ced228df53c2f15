package main_test

import (
	"encoding/json"
	"fmt"
	"strings"
)

// teams are made, filled and deleted; SCIM never meets one, and its groups stay as
// they are.
func teams(b *bench) {
	b.run("tenant create ships")
	if out := b.run("team list ships"); !strings.HasSuffix(out, "\nnone\n") {
		b.Errorf("none are listed as\n%s", out)
	}
	token := b.json("credential create ships")["secret"].(string)
	ann, bob := b.newUser(201, token, "ann@ships.example"),
		b.newUser(201, token, "bob@ships.example", "bob@mail.example")
	made := b.json("team create ships Crew")
	team := made["id"].(string)
	if made["name"] != "Crew" || made["managedBy"] != "operator" {
		b.Errorf("made %v", made)
	}
	b.fails(1, "the name is taken by team "+team, "team create ships CREW")
	b.run("team add ships CREW ANN@ships.example")
	out := strings.Join(strings.Fields(b.run("team add ships "+team+" ANN@ships.example bob@mail.example")), " ")
	if out != "was already in the team ann@ships.example (user "+ann+") added bob@ships.example (user "+bob+")" {
		b.Errorf("added: %s", out)
	}
	b.fails(1, `nobody has the id, userName or email "cid"`, "team add ships "+team+" "+ann+" cid")
	shown := b.run("team show ships " + team)
	for _, words := range []string{"Crew", "operator", "members", "user ", ann, "bob@ships.example"} {
		if !strings.Contains(shown, words) {
			b.Errorf("%q is not in\n%s", words, shown)
		}
	}
	b.outOfReach(token, team, bob)
	if list := b.json("team show ships " + team)["members"].([]any); len(list) != 2 {
		b.Errorf("after what SCIM tried: %v", list)
	}
	out = b.run("team remove ships crew " + strings.Repeat(bob+" ", 40))
	if !strings.Contains(out, "removed  bob@ships.example (user "+bob+")") {
		b.Errorf("removed: %s", out)
	}
	r := b.exec("", "team", "remove", "ships", "crew", bob, bob[:35]+"x")
	if r.code != 1 || !strings.Contains(r.err, "nobody has the id") {
		b.Errorf("nobody removed: %+v", r)
	}
	r = b.exec("", "team", "remove", "ships", "crew", bob)
	if r.code != 1 || !strings.Contains(r.out, "was not in the team  bob@ships.example") ||
		!strings.Contains(r.err, "not all") {
		b.Errorf("removed again: %+v", r)
	}
	b.fails(1, `no team in tenant "ships" has the id or name "Nobody"`, "team rename ships Nobody X")
	if out := b.run("team rename ships Crew Pilots"); !strings.Contains(out, "Pilots") {
		b.Errorf("renamed: %s", out)
	}
	if out := b.run("team list ships"); !strings.Contains(out, "Pilots") {
		b.Errorf("listed: %s", out)
	}
	b.deleteTeam(team)
}

func (b *bench) deleteTeam(team string) {
	b.Helper()
	r := b.exec("Crew\n", "team", "delete", "ships", team)
	if r.code != 1 || !strings.Contains(r.err, "nothing is changed") {
		b.Errorf("wrong name: %+v", r)
	}
	r = b.exec("Pilots\n", "team", "delete", "ships", "pilots")
	if r.code != 0 || !strings.Contains(r.out, "team Pilots is deleted") {
		b.Errorf("deleted: %+v", r)
	}
	b.fails(1, "no team in tenant", "team show ships "+team)
	other := b.json("team create ships Crew")["id"].(string)
	b.run("team delete ships " + other + " -confirm Crew")
	var blanks map[string]any
	r = b.exec("", "team", "create", "ships", " Night ", "-json")
	if json.Unmarshal([]byte(r.out), &blanks) != nil || blanks["name"] != " Night " {
		b.Errorf("made: %+v", r)
	}
	if r := b.exec("", "team", "delete", "ships", fmt.Sprint(blanks["id"]), "-confirm", " Night "); r.code != 0 {
		b.Errorf("confirmed as it is: %+v", r)
	}
}

// outOfReach: through the whole stack a team is to SCIM as if it did not exist.
func (b *bench) outOfReach(token, team, bob string) {
	b.Helper()
	status := func(want int, method, path, body string) map[string]any {
		b.Helper()
		got, answer := b.scim(method, path, token, body)
		if got != want {
			b.Errorf("%s %s %s: %d %v, want %d", method, path, body, got, answer, want)
		}
		return answer
	}
	const schema = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]`
	rename := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace",` +
		`"path":"displayName","value":"x"}]}`
	for method, body := range map[string]string{
		"GET": "", "PUT": `{` + schema + `,"displayName":"x"}`, "PATCH": rename, "DELETE": "",
	} {
		status(404, method, "/Groups/"+team, body)
	}
	if a := status(409, "POST", "/Groups", `{`+schema+`,"displayName":"crew"}`); a["scimType"] != "uniqueness" {
		b.Errorf("a group of the team's name: %v", a)
	}
	for _, path := range []string{
		`/Groups?filter=displayName+eq+%22Crew%22`, `/Groups?filter=id+eq+%22` + team + `%22`,
		`/Users?filter=groups.value+eq+%22` + team + `%22`, "/Groups",
	} {
		if a := status(200, "GET", path, ""); a["totalResults"] != 0.0 {
			b.Errorf("%s: %v", path, a)
		}
	}
	if a := status(200, "POST", "/.search", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],`+
		`"filter":"id eq \"`+team+`\""}`); a["totalResults"] != 0.0 {
		b.Errorf("search: %v", a)
	}
	if a := status(200, "GET", "/Users/"+bob, ""); strings.Contains(fmt.Sprint(a), team) {
		b.Errorf("the user shows the team: %v", a)
	}
}
