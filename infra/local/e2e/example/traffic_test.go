package example_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"

	"scimserver/infra/local/e2e"
	"scimserver/shared/scim"
)

// traffic is what an identity provider and an operator do to one tenant.
type traffic struct {
	*e2e.Client
	random *rand.Rand
	app    *program

	users, groups, teams []string // ids
	names                int      // given so far
	visits               []*visit
	deactivated          map[string]bool // users who have ever lost access
}

// visit is a session that somebody began at the application.
type visit struct {
	browser
	user  string
	ended bool // the user has been deactivated or deleted since
}

// run does some operations, one after the other.
func (x *traffic) run(operations int) {
	x.Helper()
	possible := []func(){
		x.createUser, x.createUser, x.createUser, x.changeUser, x.changeUser, x.deactivate, x.activate, x.deleteUser,
		x.createGroup, x.renameGroup, x.addMembers, x.addMembers, x.removeMember, x.replaceMembers, x.deleteGroup,
		x.createTeam, x.changeTeam, x.deleteTeam, x.loseAndConnect,
		func() { x.logIn(x.one(x.users)) },
	}
	for range operations {
		possible[x.random.IntN(len(possible))]()
	}
}

// name makes a name. Every fifth has been given before, by this tenant or by another.
func (x *traffic) name(kind string) string {
	x.names++
	if x.random.IntN(5) == 0 {
		return fmt.Sprintf("%s-%d", kind, x.random.IntN(10))
	}
	return fmt.Sprintf("%s-%s-%d", kind, x.Tenant, x.names)
}

// send sends a SCIM request. Losing a name, or a resource that is gone, is part of the traffic.
func (x *traffic) send(method, path, body string) e2e.Answer {
	x.Helper()
	a := x.Send(method, path, body)
	switch a.Status {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent, http.StatusConflict, http.StatusNotFound:
	default:
		x.Errorf("%s %s: %d: %s", method, path, a.Status, a.Body.JSON())
	}
	return a
}

func (x *traffic) patch(path, operations string) { x.send("PATCH", path, e2e.PatchOp+operations+"}") }

// one returns one of the ids, or "" if there is none.
func (x *traffic) one(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ids[x.random.IntN(len(ids))]
}

func without(ids []string, id string) (rest []string) {
	for _, other := range ids {
		if other != id {
			rest = append(rest, other)
		}
	}
	return rest
}

func (x *traffic) createUser() {
	name := x.name("user")
	a := x.send("POST", "/Users", fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
		"userName":%q,"externalId":%q,"displayName":"A <b>name</b>","active":%v,
		"emails":[{"value":"%[1]s@other.example"},{"value":"%[1]s@example.com","primary":true}]}`,
		name, "x-"+name, x.random.IntN(4) > 0))
	if a.Status == http.StatusCreated {
		x.users = append(x.users, a.Body.Get("id").Text())
	}
}

func (x *traffic) changeUser() {
	if id := x.one(x.users); id != "" {
		x.patch("/Users/"+id,
			fmt.Sprintf(`[{"op":"replace","value":{"userName":%q,"displayName":%q}}]`, x.name("user"), x.name("n")))
	}
}

func (x *traffic) deactivate() {
	if id := x.one(x.users); id != "" {
		x.patch("/Users/"+id, `[{"op":"replace","path":"active","value":false}]`)
		x.lost(id)
	}
}

func (x *traffic) activate() {
	if id := x.one(x.users); id != "" {
		x.patch("/Users/"+id, `[{"op":"replace","path":"active","value":true}]`)
	}
}

func (x *traffic) deleteUser() {
	if id := x.one(x.users); id != "" {
		x.send("DELETE", "/Users/"+id, "")
		x.users = without(x.users, id)
		x.lost(id)
	}
}

// lost notes that a user has lost access: the sessions up to now must end.
func (x *traffic) lost(user string) {
	x.deactivated[user] = true
	for _, v := range x.visits {
		if v.user == user {
			v.ended = true
		}
	}
}

func (x *traffic) createGroup() {
	a := x.send("POST", "/Groups", fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],`+
		`"displayName":%q,"members":[%s]}`,
		x.name("group"), x.someMembers()))
	if a.Status == http.StatusCreated {
		x.groups = append(x.groups, a.Body.Get("id").Text())
	}
}

// someMembers is up to five users, as the values of members.
func (x *traffic) someMembers() string {
	var values []string
	for range x.random.IntN(6) {
		if id := x.one(x.users); id != "" {
			values = append(values, fmt.Sprintf(`{"value":%q}`, id))
		}
	}
	return strings.Join(values, ",")
}

func (x *traffic) renameGroup() {
	if id := x.one(x.groups); id != "" {
		x.patch("/Groups/"+id, fmt.Sprintf(`[{"op":"replace","value":{"displayName":%q}}]`, x.name("group")))
	}
}

func (x *traffic) addMembers() {
	if id := x.one(x.groups); id != "" {
		x.patch("/Groups/"+id, `[{"op":"add","path":"members","value":[`+x.someMembers()+`]}]`)
	}
}

func (x *traffic) removeMember() {
	if id, user := x.one(x.groups), x.one(x.users); id != "" && user != "" {
		x.patch("/Groups/"+id, fmt.Sprintf(`[{"op":"remove","path":"members[value eq \"%s\"]"}]`, user))
	}
}

func (x *traffic) replaceMembers() {
	if id := x.one(x.groups); id != "" {
		x.patch("/Groups/"+id, `[{"op":"replace","path":"members","value":[`+x.someMembers()+`]}]`)
	}
}

func (x *traffic) deleteGroup() {
	if id := x.one(x.groups); id != "" {
		x.send("DELETE", "/Groups/"+id, "")
		x.groups = without(x.groups, id)
	}
}

func (x *traffic) path(rest string) string { return "/tenants/" + string(x.Tenant) + rest }

type identified struct{ ID string }

func (x *traffic) createTeam() {
	x.names++
	var team identified
	x.Operate("POST", x.path("/teams"), fmt.Sprintf(`{"name":"team-%s-%d"}`, x.Tenant, x.names), &team)
	x.teams = append(x.teams, team.ID)
}

func (x *traffic) changeTeam() {
	id, user := x.one(x.teams), x.one(x.users)
	if id == "" || user == "" {
		return
	}
	verb := []string{"add", "remove"}[x.random.IntN(2)]
	x.Operate("POST", x.path("/teams/"+id+"/members"), fmt.Sprintf(`{%q:[%q]}`, verb, user), &struct{}{})
	x.names++
	x.Operate("PATCH", x.path("/teams/"+id), fmt.Sprintf(`{"name":"renamed-%s-%d"}`, x.Tenant, x.names), &struct{}{})
}

func (x *traffic) deleteTeam() {
	if id := x.one(x.teams); id != "" {
		x.Operate("DELETE", x.path("/teams/"+id), "", &struct{}{})
		x.teams = without(x.teams, id)
	}
}

// loseAndConnect: the provider loses a name to an account, an operator approves the
// connection, and the provider tries again. Teams are not connected here: the local stream
// reads the team after the transaction, when it may be gone, and then has no record of it.
func (x *traffic) loseAndConnect() {
	x.names++
	name := fmt.Sprintf("known-%s-%d", x.Tenant, x.names)
	account := fmt.Sprintf(`{"userName":%q,"emails":[{"value":"%[1]s@example.com","verified":true}]}`, name)
	x.Operate("POST", "/accounts", account, &struct{}{})
	user := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q,
		"emails":[{"value":"%[1]s@example.com","primary":true}]}`, name)
	x.Want(http.StatusConflict, "POST", "/Users", user)
	x.Operate("POST", x.path("/conflicts/"+x.conflictOf(name)+"/connect"), "", &struct{}{})
	x.users = append(x.users, x.Want(http.StatusCreated, "POST", "/Users", user).Get("id").Text())
}

// conflictOf finds the conflict about a name.
func (x *traffic) conflictOf(name string) string {
	for after := ""; ; {
		var page struct {
			Conflicts []struct{ ID, Value string }
			Next      string
		}
		x.Operate("GET", x.path("/conflicts?after="+after), "", &page)
		for _, c := range page.Conflicts {
			if c.Value == name || c.Value == name+"@example.com" {
				return c.ID
			}
		}
		if after = page.Next; after == "" {
			x.Fatalf("there is no conflict about %s", name)
		}
	}
}

// logIn: somebody begins a session, if the application is running and knows the user already.
// Names that are given twice are left out: the application may still know the user before.
func (x *traffic) logIn(id string) {
	if id == "" {
		return
	}
	user := x.Send("GET", "/Users/"+id, "").Body
	name := user.Get("userName").Text()
	if !strings.Contains(name, string(x.Tenant)) {
		return
	}
	b, status, _, err := x.app.logIn(name)
	if err == nil && status == http.StatusOK {
		inactive := user.Get("active").Kind() == scim.Bool && !user.Get("active").IsTrue()
		x.visits = append(x.visits, &visit{browser: b, user: id, ended: inactive})
	}
}
