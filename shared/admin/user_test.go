package admin_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// newPerson makes a user with an externalId, a password and emails.
func (b *bench) newPerson(id tenant.ID, name, externalID string, emails ...string) scim.ID {
	b.Helper()
	c := person(name, emails...)
	c.Doc = scim.Map(append(c.Doc.Members(), scim.Member{Name: "externalId", Value: scim.Text(externalID)},
		scim.Member{Name: "active", Value: scim.Boolean(false)})...)
	c.HashPassword = func() (string, error) { return "canary-hash", nil }
	u, err := b.dir.For(id).Users().Create(b.Context(), c)
	if err != nil {
		b.Fatal(err)
	}
	return u.ID
}

// found lists what a search over all tenants finds, as kind, tenant and id.
func (b *bench) found(query string) (list []string) {
	b.Helper()
	for after := ""; ; {
		a := b.send(200, "GET", "/users?"+query+after, "")
		for _, one := range a.get("users").([]any) {
			p := answer(one.(map[string]any))
			list = append(list,
				strings.TrimSpace(fmt.Sprintf("%s %s %s", p.text("kind"), p.text("tenant"), p.text("id"))))
		}
		if a.get("next") == nil {
			return list
		}
		after = "&after=" + a.text("next")
	}
}

// TestFindPersons searches by each value, with usernames unique over the whole table and
// within a tenant.
func TestFindPersons(t *testing.T) {
	t.Parallel()
	for _, scope := range []directory.Scope{directory.SystemScope, directory.TenantScope} {
		t.Run(string(scope), func(t *testing.T) {
			b := newBenchOf(t, scope)
			for _, id := range []string{"acme", "globex", "empty"} {
				b.send(201, "POST", "/tenants", `{"id":"`+id+`"}`)
			}
			ann := "user acme " + string(b.newPerson("acme", "Ann", "E 1&2", "ann@acme.example"))
			bob := "user globex " + string(b.newPerson("globex", "bob", "E 1&2"))
			account := b.newAccount("cid", "cid@mail.example")
			cid := "account <nil> " + account
			for query, want := range map[string][]string{
				"userName=ANN":            {ann},
				"email=ann@ACME.example":  {ann},
				"userName=cid":            {cid},
				"email=cid@mail.example":  {cid},
				"id=" + account:           {cid},
				"id=" + last(ann):         {ann},
				"id=" + last(bob):         {bob},
				"externalId=E+1%262":      {ann, bob},
				"externalId=e+1%262":      nil, // case counts
				"userName=ann@acme":       nil,
				"userName=acme%23x%00%1b": nil,
				"email=Ann":               nil,
				"id=x%23y":                nil,
				"id=CLAIM":                nil,
				"externalId=%01" + strings.Repeat("a", 64): nil,
			} {
				t.Run(query, func(t *testing.T) {
					if diff := cmp.Diff(want, b.found(query)); diff != "" {
						t.Error(diff)
					}
				})
			}
			if scope == directory.TenantScope {
				twin := "user empty " + string(b.newPerson("empty", "ann", "E 3"))
				if diff := cmp.Diff([]string{ann, twin}, b.found("userName=ann")); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func last(words string) string { return words[strings.LastIndex(words, " ")+1:] }

// TestFindPersonsRefuses: no slip in a parameter may widen the search.
func TestFindPersonsRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for query, words := range map[string]string{
		"":                         "ask for an email",
		"after=acme":               "ask for an email",
		"email=":                   "email must not be empty",
		"email=a&userName=a":       "give only one of",
		"id=a&id=b":                "given twice",
		"id=a&after=A%23B":         "after must be",
		"id=a&after=%1b[31m":       "after must be",
		"username=a":               "there is no parameter",
		"userName=a&limit=1":       "there is no parameter",
		"externalId=a&after=a%00b": "after must be",
	} {
		t.Run(query, func(t *testing.T) {
			if a := b.send(400, "GET", "/users?"+query, ""); !strings.Contains(a.text("message"), words) {
				t.Errorf("the answer is %v", a)
			}
		})
	}
}

// TestFindPersonsInManyTenants follows the cursor over more tenants than one request searches,
// and counts what a request costs.
func TestFindPersonsInManyTenants(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const tenants = 505 // one request searches 500
	for i := range tenants {
		if _, err := b.dir.Tenants().CreateTenant(t.Context(),
			tenant.Tenant{ID: tenant.ID(fmt.Sprintf("t%03d", i)), Profile: "strict"}); err != nil {
			t.Fatal(err)
		}
	}
	ann := b.newPerson("t001", "ann", "E1", "ann@acme.example")
	bob := b.newPerson("t503", "bob", "E1")
	for _, tt := range []struct {
		query string
		want  []string
		calls int // of the first request
	}{
		// tenants, accounts, 5 batches
		{"id=" + string(bob), []string{"user t503 " + string(bob)}, 7},
		// tenants, 500 queries, the user
		{"externalId=E1", []string{"user t001 " + string(ann), "user t503 " + string(bob)}, 2 + tenants - 5},
		{"email=ann@acme.example", []string{"user t001 " + string(ann)}, 2},
	} {
		t.Run(tt.query, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, b.found(tt.query)); diff != "" {
				t.Error(diff)
			}
			name, value, _ := strings.Cut(tt.query, "=")
			q := map[string]directory.LocateQuery{
				"id": {ID: scim.ID(value)}, "externalId": {ExternalID: value}, "email": {Email: value},
			}[name]
			ctx, meter := table.WithMeter(t.Context())
			if _, err := b.dir.Locate(ctx, q, ""); err != nil {
				t.Fatal(err)
			}
			if u := meter.Usage(); u.Calls != tt.calls || u.Writes != 0 {
				t.Errorf("it used %+v, want %d calls", u, tt.calls)
			}
		})
	}
}

func TestFindPersonsWithOneExternalID(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	for i := range 11 {
		b.newPerson("acme", fmt.Sprint("u", i), "same")
	}
	a := b.send(200, "GET", "/users?externalId=same", "")
	if n := len(a.get("users").([]any)); n != 10 || a.text("more") != "[acme]" {
		t.Errorf("%d users, and more of %v", n, a.get("more"))
	}
	seen := b.walk("/tenants/acme/users?externalId=same&limit=4&after=", "users")
	if len(seen) != 11 {
		t.Errorf("the pages have %d users", len(seen))
	}
}

// walk follows a list to its end and returns the ids.
func (b *bench) walk(path, list string) (ids []string) {
	b.Helper()
	for after := ""; ; {
		a := b.send(200, "GET", path+url.QueryEscape(after), "")
		for _, one := range a.get(list).([]any) {
			ids = append(ids, answer(one.(map[string]any)).text("id"))
		}
		if a.get("next") == nil {
			return ids
		}
		after = a.text("next")
	}
}

// TestUsersOfTenant reads lists and one user, and no password.
func TestUsersOfTenant(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	b.send(201, "POST", "/tenants", `{"id":"globex"}`)
	ann := string(b.newPerson("acme", "Ann", "E1", "ann@acme.example"))
	for _, name := range []string{"bob", "cid"} {
		b.newUser("acme", name)
	}
	if ids := b.walk("/tenants/acme/users?limit=2&after=", "users"); len(ids) != 3 {
		t.Errorf("the pages have %v", ids)
	}
	for query, n := range map[string]int{
		"userName=ANN": 1, "email=ann@acme.example": 1, "externalId=E1": 1, "userName=bob": 1,
		"userName=dan": 0, "externalId=e1": 0,
	} {
		a := b.send(200, "GET", "/tenants/acme/users?"+query, "")
		if len(a.get("users").([]any)) != n || a.text("asOf") != "0" {
			t.Errorf("%s: %v", query, a)
		}
		if a := b.send(200, "GET", "/tenants/globex/users?"+query, ""); a.text("users") != "[]" {
			t.Errorf("%s in another tenant: %v", query, a)
		}
	}
	team := b.newTeam("Crew")
	b.send(200, "POST", team+"/members", `{"add":["ann"]}`)
	inner := b.newGroupOf("acme", "Inner", directory.Member{ID: scim.ID(ann), Kind: directory.UserKind})
	outer := b.newGroupOf("acme", "Outer", directory.Member{ID: scim.ID(inner), Kind: directory.GroupKind})
	a := b.send(200, "GET", "/tenants/acme/users/"+ann, "")
	if a.text("userName") != "Ann" || a.text("active") != "false" || a.text("hasPassword") != "true" ||
		a.text("attributes.externalId") != "E1" {
		t.Errorf("the user is %v", a)
	}
	names := map[string]any{}
	for _, g := range a.get("groups").([]any) {
		names[answer(g.(map[string]any)).text("name")] = g.(map[string]any)["direct"]
	}
	if diff := cmp.Diff(map[string]any{"Inner": true, "Outer": false}, names); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(a.text("teams"), "Crew") || strings.Contains(fmt.Sprint(a), "canary") {
		t.Errorf("the user is %v", a)
	}
	b.groupWithMembers(outer, inner, ann)
}

func (b *bench) newGroupOf(id tenant.ID, name string, members ...directory.Member) string {
	b.Helper()
	doc := scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(scim.GroupSchema)},
		scim.Member{Name: "displayName", Value: scim.Text(name)})
	made, err := b.dir.For(id).Groups().Create(b.Context(), doc, directory.MemberEdit{Add: members})
	if err != nil {
		b.Fatal(err)
	}
	return string(made.Group.ID)
}

func (b *bench) groupWithMembers(outer, inner, ann string) {
	b.Helper()
	a := b.send(200, "GET", "/tenants/acme/groups/"+outer, "")
	if !strings.Contains(a.text("members"), "Inner") || a.get("next") != nil {
		b.Errorf("the group is %v", a)
	}
	var members []directory.Member
	for _, name := range []string{"d", "e", "f"} {
		members = append(members, directory.Member{ID: b.newUser("acme", name), Kind: directory.UserKind})
	}
	many := b.newGroupOf("acme", "Many",
		append(members, directory.Member{ID: scim.ID(inner), Kind: directory.GroupKind})...)
	if ids := b.walk("/tenants/acme/groups/"+many+"?limit=1&after=", "members"); len(ids) != 4 || ids[0] != inner {
		b.Errorf("the pages have %v", ids)
	}
	a = b.send(200, "GET", "/tenants/acme/groups?name=MANY", "")
	if !strings.Contains(a.text("groups"), many) || a.text("asOf") != "0" {
		b.Errorf("by name: %v", a)
	}
	if err := b.dir.For("acme").Users().Delete(b.Context(), scim.ID(ann), nil); err != nil {
		b.Fatal(err)
	}
	if a := b.send(200, "GET", "/tenants/acme/groups/"+inner, ""); a.text("members") != "[]" {
		b.Errorf("after a deletion: %v", a)
	}
}

// TestReadsThatCantBe: each answer to an impossible request says what is wrong.
func TestReadsThatCantBe(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(201, "POST", "/tenants", `{"id":"acme"}`)
	group := b.newGroup("acme", "Staff")
	for _, tt := range []struct {
		status        int
		target, words string
	}{
		{404, "GET /tenants/globex/users", `no tenant "globex"`},
		{404, "GET /tenants/globex/users/x", `no tenant "globex"`},
		{404, "GET /tenants/globex/users?userName=x", `no tenant "globex"`},
		{404, "GET /tenants/globex/groups?name=x", `no tenant "globex"`},
		{404, "GET /tenants/acme/users/" + group, "no user"},
		{404, "GET /tenants/acme/users/x%23y", "no user"},
		{404, "GET /tenants/acme/users/%1b%5b31m", "no user"},
		{404, "GET /tenants/acme/groups/x", "no group"},
		{400, "GET /tenants/acme/users?after=x", "after must be"},
		{400, "GET /tenants/acme/groups?after=x", "after must be"},
		{400, "GET /tenants/acme/groups/" + group + "?after=x", "after must be"},
		{400, "GET /tenants/acme/groups/" + group + "?after=U%23%00", "after must be"},
		{400, "GET /tenants/acme/users?limit=101", "limit must be"},
		{400, "GET /tenants/acme/users?userName=a&email=b", "give only one of"},
		{400, "GET /tenants/acme/users?userName=", "must not be empty"},
		{405, "POST /tenants/acme/users", "users are managed by the identity provider"},
		{405, "DELETE /tenants/acme/users/x", "users are managed by the identity provider"},
	} {
		t.Run(tt.target, func(t *testing.T) {
			method, path, _ := strings.Cut(tt.target, " ")
			if a := b.send(tt.status, method, path, ""); !strings.Contains(a.text("message"), tt.words) {
				t.Errorf("the answer is %v", a)
			}
		})
	}
}
