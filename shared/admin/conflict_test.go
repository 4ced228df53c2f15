package admin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// provision creates a user of tenant acme as a provider does, and records the conflicts.
func (b *bench) provision(name, externalID, email string) (conflict string) {
	b.Helper()
	members := []scim.Member{
		{Name: "schemas", Value: scim.Texts(scim.UserSchema)},
		{Name: "userName", Value: scim.Text(name)},
		{Name: "externalId", Value: scim.Text(externalID)},
	}
	if email != "" {
		members = append(members,
			scim.Member{
				Name: "emails", Value: scim.List(scim.Map(scim.Member{Name: "value", Value: scim.Text(email)})),
			})
	}
	_, err := b.dir.For("acme").Users().Create(b.Context(), directory.Content{Doc: scim.Map(members...)})
	lost, ok := errors.AsType[*directory.TakenError](err)
	if !ok {
		b.Fatalf("nothing is lost: %v", err)
	}
	ids, err := b.dir.For("acme").Conflicts().Record(b.Context(), lost)
	if err != nil {
		b.Fatal(err)
	}
	return string(ids[0])
}

// conflicted makes tenant acme, and an account with an email that acme asks for.
func conflicted(t *testing.T) (b *bench, account, path string) {
	t.Helper()
	b = newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	a := b.send(201, "POST", "/accounts", `{"userName":"ann@x.org","emails":[{"value":"ann@x.org","verified":true}]}`)
	return b, a.text("id"), "/tenants/acme/conflicts/" + b.provision("Ann@x.org", "e1", "Ann@x.org")
}

// ways are the available verbs of a conflict, and the reasons why others are not available.
func (a answer) ways() (apply string, refused string) {
	for _, o := range a.get("can").([]any) {
		option := answer(o.(map[string]any))
		if option.get("applies") == true {
			apply += option.text("verb") + " "
		} else {
			refused += option.text("reason") + "; "
		}
	}
	return strings.TrimSpace(apply), refused
}

func TestConflictIsShown(t *testing.T) {
	t.Parallel()
	b, account, path := conflicted(t)
	a := b.send(200, "GET", path, "")
	for member, want := range map[string]string{
		"of": "user", "attribute": "emails.value", "value": "Ann@x.org", "heldBy": "account",
		"holder.kind": "account", "holder.id": account,
		"name": "Ann@x.org", "externalId": "e1", "attempts": "1", "first": "2027-01-15T08:00:00Z",
		"last": "2027-01-15T08:00:00Z", "state": "open",
		"now.holds": "true", "now.name": "ann@x.org", "now.account.userName": "ann@x.org",
		"values": "[map[attribute:emails.value value:Ann@x.org] map[attribute:userName value:Ann@x.org]]",
	} {
		if a.text(member) != want {
			t.Errorf("%s is %s, want %s", member, a.text(member), want)
		}
	}
	apply, _ := a.ways()
	if apply != "connect release delete dismiss" || !strings.Contains(fmt.Sprint(a), "verified:true") {
		t.Errorf("shown %v", a)
	}
	b.send(200, "DELETE", "/accounts/"+account, "")
	a = b.send(200, "GET", path, "")
	if apply, refused := a.ways(); apply != "dismiss" || a.text("now.holds") != "false" ||
		strings.Count(refused, "next attempt succeeds") != 3 {
		t.Errorf("once the account is gone: %v", a)
	}
	b.send(404, "GET", "/tenants/acme/conflicts/ann@x.org", "")
	b.send(404, "GET", strings.Replace(path, "acme", "globex", 1), "")
	if strings.Contains(b.log.String(), "ann@x.org") ||
		!strings.Contains(b.log.String(), `"conflict":"`+path[strings.LastIndex(path, "/")+1:]) {
		t.Errorf("the log holds a value, or not the conflict: %s", b.log.String())
	}
}

func TestHolderIsConnected(t *testing.T) {
	t.Parallel()
	b, account, path := conflicted(t)
	if a := b.send(409, "POST", path+"/connect",
		`{"holder":"3f6f2f0e-0000-4000-8000-000000000000"}`); !strings.Contains(a.text("message"), account) {
		t.Errorf("another holder: %v", a)
	}
	if a := b.send(200, "GET", path, ""); a.text("state") != "open" {
		t.Errorf("of another holder it is %v", a)
	}
	a := b.send(200, "POST", path+"/connect", `{"holder":"`+account+`"}`)
	if a.text("now.name") != "ann@x.org" || a.text("now.account.id") != account {
		t.Errorf("does not say who is connected: %v", a)
	}
	if a.text("state") != "approved" || a.text("approval.by") != "arn:operator" ||
		a.text("approval.until") != "2027-01-22T08:00:00Z" {
		t.Errorf("approved %v", a)
	}
	b.now = b.now.Add(directory.ApprovalLife)
	a = b.send(200, "GET", path, "")
	if a.text("state") != "open" || !strings.Contains(a.text("outcome"), "expired") || a.get("approval") != nil {
		t.Errorf("after a week %v", a)
	}
	b.listed("?state=approved", "")
	if a = b.send(200, "POST", path+"/connect", "{}"); a.text("state") != "approved" {
		t.Errorf("approved again %v", a)
	}
	b.send(400, "POST", path+"/connect", `{"x":1}`)
}

func TestValuesAreReleased(t *testing.T) {
	t.Parallel()
	b, account, path := conflicted(t)
	b.newUser("acme", "bob")
	for body, status := range map[string]int{
		``: 409, `{}`: 409, `{"userName":"BOB"}`: 409, `{"userName":""}`: 400, `{"email":"no mail"}`: 400,
		`{"email":""}`: 400, `{"userName":"a\u0000"}`: 400,
		`{"displayName":"Crew"}`: 400, `{"name":"x"}`: 400, `{"userName":"` + strings.Repeat("x", 257) + `"}`: 400,
	} {
		a := b.send(status, "POST", path+"/release", body)
		if strings.Contains(body, "BOB") && !strings.Contains(a.text("message"), "userName") {
			t.Errorf("%s: %v", body, a)
		}
		if strings.Contains(body, "Crew") &&
			a.text("message") != "displayName is for a team; this conflict is held by an account" {
			t.Errorf("%s: %v", body, a)
		}
	}
	a := b.send(200, "POST", path+"/release", `{"email":"ann@new.org"}`)
	if a.text("state") != "freed" || !strings.Contains(a.text("outcome"), "released") {
		t.Errorf("released %v", a)
	}
	a = b.send(200, "GET", "/accounts/"+account, "")
	if a.text("userName") != "ann@new.org" || strings.Contains(fmt.Sprint(a), "ann@x.org") {
		t.Errorf("the account is %v", a)
	}
	b.send(404, "POST", "/tenants/acme/conflicts/aaaaaaaaaaaa/release", "")
}

func TestHolderIsDeleted(t *testing.T) {
	t.Parallel()
	b, account, path := conflicted(t)
	b.send(400, "POST", path+"/delete", "")
	if a := b.send(409, "POST", path+"/delete", `{"confirm":"acme"}`); !strings.Contains(a.text("message"), account) {
		t.Errorf("another id: %v", a)
	}
	b.send(200, "GET", "/accounts/"+account, "")
	if a := b.send(200, "POST", path+"/delete", `{"confirm":"`+account+`"}`); a.text("state") != "freed" {
		t.Errorf("deleted %v", a)
	}
	b.send(404, "GET", "/accounts/"+account, "")
}

// listed expects the conflicts of a list, in any order.
func (b *bench) listed(query string, want ...string) {
	b.Helper()
	got := map[string]bool{"": true}
	for after, more := "", true; more; more = after != "" {
		sep := "?"
		if query != "" {
			sep = query + "&"
		}
		page := b.send(200, "GET", "/tenants/acme/conflicts"+sep+"limit=1&after="+after, "")
		for _, c := range page.get("conflicts").([]any) {
			got[answer(c.(map[string]any)).text("id")] = true
		}
		after = ""
		if page.get("next") != nil {
			after = page.text("next")
		}
	}
	for _, id := range want {
		if !got[id] {
			b.Errorf("%s: %s is missing in %v", query, id, got)
		}
		delete(got, id)
	}
	if delete(got, ""); len(got) > 0 {
		b.Errorf("%s: lists %v as well", query, got)
	}
}

func TestConflictsAreListed(t *testing.T) {
	t.Parallel()
	b, _, path := conflicted(t)
	first := path[strings.LastIndex(path, "/")+1:]
	bob := b.newUser("acme", "bob")
	b.now = b.now.Add(time.Second)
	second, third := b.provision("bob", "e2", ""), b.provision("bob2", "e3", "ann@x.org")
	if first != third {
		t.Errorf("the same email is conflicts %s and %s", first, third)
	}
	b.listed("", first, second)
	b.send(200, "POST", "/tenants/acme/conflicts/"+second+"/dismiss", "")
	b.listed("", first)
	b.listed("?state=dismissed", second)
	b.listed("?state=all", first, second)
	b.listed("?state=closed")
	body := `{"confirm":"` + string(bob) + `"}`
	a := b.send(409, "POST", "/tenants/acme/conflicts/"+second+"/release", body)
	if !strings.Contains(a.text("message"), "only a deactivated user") {
		t.Errorf("the value of a user: %v", a)
	}
	b.send(400, "GET", "/tenants/acme/conflicts?state=gone", "")
	b.send(400, "GET", "/tenants/acme/conflicts?limit=0", "")
	b.send(404, "GET", "/tenants/globex/conflicts", "")
}

// The text names the kind of the holder: a team, a group or another user.
func TestHoldersAreNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	b.send(201, "POST", "/tenants", `{"id":"globex"}`)
	b.newTeam("Crew")
	b.newGroup("acme", "Staff")
	b.newUser("acme", "bob")
	if _, err := b.dir.For("globex").Users().Create(t.Context(), person("eve", "eve@x.org")); err != nil {
		t.Fatal(err)
	}
	crew := "/tenants/acme/conflicts/" + b.pushed("CREW")
	for path, want := range map[string]string{
		crew: "team Crew", "/tenants/acme/conflicts/" + b.pushed("STAFF"): "group Staff",
		"/tenants/acme/conflicts/" + b.provision("BOB", "e1", ""):           "user bob",
		"/tenants/acme/conflicts/" + b.provision("eve2", "e2", "EVE@x.org"): "user eve",
	} {
		a := b.send(200, "GET", path, "")
		if a.text("holder.kind")+" "+a.text("now.name") != want || a.get("now.deactivated") != nil {
			t.Errorf("want %s: %v", want, a)
		}
	}
	for body, want := range map[string]string{`{"email":"no mail"}`: "email", `{"userName":""}`: "userName"} {
		a := b.send(400, "POST", crew+"/release", body)
		if a.text("message") != want+" is for an account; this conflict is held by a team" {
			t.Errorf("%s: %v", body, a)
		}
	}
	b.send(400, "POST", crew+"/release", `{"displayName":" "}`)
	b.send(200, "POST", crew+"/release", `{"displayName":"Pilots"}`)
}

// pushed makes a conflict about the name of a group of tenant acme.
func (b *bench) pushed(name string) (conflict string) {
	b.Helper()
	doc := scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.GroupSchema)},
		scim.Member{Name: "displayName", Value: scim.Text(name)})
	_, err := b.dir.For("acme").Groups().Create(b.Context(), doc, directory.MemberEdit{})
	lost, ok := errors.AsType[*directory.TakenError](err)
	if !ok {
		b.Fatalf("nothing is lost: %v", err)
	}
	ids, err := b.dir.For("acme").Conflicts().Record(b.Context(), lost)
	if err != nil {
		b.Fatal(err)
	}
	return string(ids[0])
}

func TestConflictsOfNoTenant(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const all, one = "/tenants/nix/conflicts", "/tenants/nix/conflicts/aaaaaaaaaaaa"
	for path, method := range map[string]string{
		all: "GET", one: "GET", one + "/connect": "POST", one + "/dismiss": "POST", one + "/release": "POST",
		one + "/delete":    "POST",
		"/tenants/nix/log": "GET", "/tenants/nix/groups": "GET", "/tenants/nix/groups/x": "GET",
		"/tenants/nix/teams": "POST", "/tenants/nix/teams?name=x": "GET", "/tenants/nix/teams/x": "DELETE",
		"/tenants/nix/teams/y":         "PATCH",
		"/tenants/nix/teams/x/members": "GET", "/tenants/nix/teams/y/members": "POST",
	} {
		body := map[bool]string{true: `{"confirm":"x"}`}[strings.HasSuffix(path, "delete")]
		if method == "POST" && strings.HasSuffix(path, "members") {
			body = `{"add":["x"]}`
		} else if method == "PATCH" || strings.HasSuffix(path, "teams") {
			body = `{"name":"x"}`
		}
		if a := b.send(404, method, path, body); a.text("message") != `there is no tenant "nix"` {
			t.Errorf("%s %s: %v", method, path, a)
		}
	}
}

// Conflicts of a tenant that is being deleted can no longer be resolved.
func TestConflictsOfTenantsThatAreDeleted(t *testing.T) {
	t.Parallel()
	b, account, path := conflicted(t)
	b.send(200, "POST", "/tenants/acme/suspend", "")
	b.send(200, "DELETE", "/tenants/acme?confirm=acme", "")
	for verb, body := range map[string]string{
		"connect": "", "release": `{"email":"ann@new.org"}`, "delete": `{"confirm":"` + account + `"}`,
	} {
		if a := b.send(409, "POST", path+"/"+verb, body); !strings.Contains(a.text("message"), "is being deleted") {
			t.Errorf("%s: %v", verb, a)
		}
	}
	if a := b.send(200, "GET", "/accounts/"+account, ""); a.text("version") != "1" {
		t.Errorf("the account: %v", a)
	}
}
