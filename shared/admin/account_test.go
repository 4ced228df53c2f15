package admin_test

import (
	"fmt"
	"strings"
	"testing"

	"scimserver/shared/admin"
	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
)

// whole checks that the table is consistent.
func (b *bench) whole() {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(b)})
	if err != nil {
		b.Fatal(err)
	}
	report, err := verify.Table(b.Context(), db)
	if err != nil {
		b.Fatal(err)
	}
	for _, finding := range report.Findings {
		b.Error(finding)
	}
}

// wantsEmails expects the emails of an account; "+" follows a verified email, "*" the primary one.
func (b *bench) wantsEmails(a answer, want string) {
	b.Helper()
	var list []string
	for _, e := range a.get("emails").([]any) {
		email := answer(e.(map[string]any))
		text := email.text("value")
		if email.get("verified") == true {
			text += "+"
		}
		if email.get("primary") == true {
			text += "*"
		}
		list = append(list, text)
	}
	if got := strings.Join(list, " "); got != want {
		b.Errorf("emails %q, want %q", got, want)
	}
}

func TestAccountLife(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.send(201, "POST", "/accounts",
		`{"userName":"Ann","displayName":"Ann Lee","emails":[{"value":"Ann@a.example","primary":true,`+
			`"verified":true},{"value":"ann@b.example"}]}`)
	path := "/accounts/" + a.text("id")
	if a.text("userName") != "Ann" || a.text("displayName") != "Ann Lee" || a.text("version") != "1" ||
		a.text("hasPassword") != "false" ||
		a.text("created") != "2027-01-15T08:00:00Z" || a.text("lastModified") != a.text("created") {
		t.Errorf("created %v", a)
	}
	b.wantsEmails(a, "Ann@a.example+* ann@b.example")
	for _, query := range []string{"?userName=ANN", "?email=ann%40A.example", "?email=ann%40b.example"} {
		list := b.send(200, "GET", "/accounts"+query, "").get("accounts").([]any)
		if len(list) != 1 || fmt.Sprint(list[0]) != fmt.Sprint(map[string]any(a)) {
			t.Errorf("%s finds %v", query, list)
		}
	}
	if list := b.send(200, "GET", "/accounts?userName=bob", "").get("accounts").([]any); len(list) != 0 {
		t.Errorf("bob is %v", list)
	}
	a = b.send(200, "PATCH", path,
		`{"emails":[{"value":"ann@A.example"},{"value":"ann@c.example","verified":true}],"version":1}`)
	b.wantsEmails(a, "ann@A.example ann@c.example+")
	if a.text("userName") != "Ann" || a.text("displayName") != "Ann Lee" || a.text("version") != "2" {
		t.Errorf("changed %v", a)
	}
	a = b.send(409, "PATCH", path, `{"displayName":"Other","version":1}`)
	if !strings.Contains(a.text("message"), "has changed since") {
		t.Errorf("at another version: %v", a)
	}
	a = b.send(200, "PATCH", path, `{"userName":"anne","displayName":""}`)
	if a.text("userName") != "anne" || a.text("displayName") != "" {
		t.Errorf("renamed %v", a)
	}
	b.whole()
	b.send(409, "DELETE", path+"?version=2", "")
	if a = b.send(200, "DELETE", path+"?version=3", ""); "/accounts/"+a.text("id") != path {
		t.Errorf("deleted %v", a)
	}
	b.send(404, "GET", path, "")
	b.send(201, "POST", "/accounts", `{"userName":"ann","emails":[{"value":"ann@c.example"}]}`)
	b.whole()
}

func TestAccountsThatCantBe(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	kept := b.send(201, "POST", "/accounts", `{"userName":"kept","emails":[{"value":"kept@a.example"}]}`)
	many := make([]string, 41)
	for i := range many {
		many[i] = fmt.Sprintf(`{"value":"n%d@a.example"}`, i)
	}
	for _, members := range []string{
		`"userName":""`, `"userName":7`, `"userName":null`, `"userName":" x"`, `"userName":"a\u200bb"`,
		`"userName":"` + strings.Repeat("x", 257) + `"`,
		`"displayName":" "`, `"displayName":"\u3164"`, `"displayName":"a\u202e"`, `"userName":"\u200b"`,
		`"userName":"a\u202eb"`, `"displayName":"a\u0000b"`, `"displayName":"` + strings.Repeat("x", 201) + `"`,
		`"displayName":null`,
		`"emails":"a@b.example"`, `"emails":["a@b.example"]`, `"emails":null`, `"emails":[null]`,
		`"emails":[{}]`, `"emails":[{"value":""}]`,
		`"emails":[{"value":"a"}]`, `"emails":[{"value":"@a"}]`, `"emails":[{"value":"a@"}]`,
		`"emails":[{"value":"a b@c"}]`, `"emails":[{"value":"a\u0007@c"}]`,
		`"emails":[{"value":"a\u200b@c.example"}]`, `"emails":[{"value":"` + strings.Repeat("x", 250) + `@a.example"}]`,
		`"emails":[{"value":"a@b.example"},{"value":"A@B.example"}]`,
		`"emails":[{"value":"a@b","primary":true},{"value":"c@b","primary":true}]`,
		`"emails":[{"value":"a@b","verified":"yes"}]`, `"emails":[{"value":"a@b","verified":null}]`,
		`"emails":[{"value":"a@b","type":"work"}]`,
		`"emails":[` + strings.Join(many, ",") + `]`, `"password":"secret"`, `"password":7`, `"id":"x"`,
		`"hasPassword":true`,
	} {
		post := "{" + members + "}"
		if !strings.HasPrefix(members, `"userName"`) {
			post = `{"userName":"new",` + members + "}"
		}
		for _, a := range []answer{
			b.send(400, "POST", "/accounts", post),
			b.send(400, "PATCH", "/accounts/"+kept.text("id"), "{"+members+"}"),
		} {
			for _, word := range []string{
				"struct", "json:", "admin.", "NewAccount", "AccountChange", "AccountEmail", "scim.",
			} {
				if strings.Contains(a.text("message"), word) {
					t.Errorf("%s: %v", members, a)
				}
			}
		}
	}
	b.send(400, "POST", "/accounts", "")
	b.send(400, "POST", "/accounts", `{"displayName":"Nobody"}`)
	b.send(400, "POST", "/accounts", `{"userName":"new","version":1}`)
	b.send(400, "PATCH", "/accounts/"+kept.text("id"), `{"version":"1"}`)
	after := b.send(200, "GET", "/accounts", "").get("accounts").([]any)
	if len(after) != 1 || fmt.Sprint(after[0]) != fmt.Sprint(map[string]any(kept)) {
		t.Errorf("left %v", after)
	}
	b.whole()
}

func TestAccountsThatAreNotThere(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	user := b.newUser("acme", "ann")
	for _, id := range []string{
		"2b1c1b2e-3f0e-4a53-9f43-0d6a4c2c5b10", string(user), "ann", "a%23b", "%00", strings.Repeat("x", 3000),
	} {
		b.send(404, "GET", "/accounts/"+id, "")
		b.send(404, "PATCH", "/accounts/"+id, `{"displayName":"x"}`)
		b.send(404, "DELETE", "/accounts/"+id, "")
		b.send(404, "DELETE", "/accounts/"+id+"?version=1", "")
	}
	b.send(400, "DELETE", "/accounts/x?version=one", "")
	for _, query := range []string{
		"userName=", "email=", "userName=a&email=b", "limit=0", "after=x", "after=" + strings.Repeat("x", 3000),
	} {
		b.send(400, "GET", "/accounts?"+query, "")
	}
	b.send(200, "GET", "/accounts?userName="+strings.Repeat("x", 3000), "")
	b.whole()
}

// The operator API names the holder of a value; the answer to a tenant does not.
func TestLostClaimsOfAccounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	user := b.newUser("acme", "ann")
	first := b.send(201, "POST", "/accounts", `{"userName":"bob","emails":[{"value":"bob@a.example"}]}`)
	second := b.send(201, "POST", "/accounts", `{"userName":"carl"}`)
	lost := func(a answer, words ...string) {
		t.Helper()
		for _, word := range append(words, "is taken by") {
			if a.text("error") != "conflict" || !strings.Contains(a.text("message"), word) {
				t.Errorf("%v lacks %q", a, word)
			}
		}
	}
	lost(b.send(409, "POST", "/accounts", `{"userName":"ANN","emails":[{"value":"Bob@a.example"}]}`),
		fmt.Sprintf(`userName "ANN" is taken by user %s of tenant acme`, user),
		`emails.value "Bob@a.example" is taken by account `+first.text("id"))
	lost(b.send(409, "PATCH", "/accounts/"+second.text("id"), `{"userName":"bob"}`), "userName",
		"account "+first.text("id"))
	b.whole()
}

func TestAccountsAreListedInPages(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	made := map[string]bool{}
	for i := range 5 {
		made[b.send(201, "POST", "/accounts", fmt.Sprintf(`{"userName":"u%d"}`, i)).text("id")] = true
	}
	for after, more := "", true; more; more = after != "" {
		a := b.send(200, "GET", "/accounts?limit=2&after="+after, "")
		page := a.get("accounts").([]any)
		if len(page) > 2 {
			t.Errorf("a page of %d", len(page))
		}
		for _, account := range page {
			delete(made, answer(account.(map[string]any)).text("id"))
		}
		after, _ = a.get("next").(string)
	}
	if len(made) > 0 {
		t.Errorf("not listed: %v", made)
	}
}

func TestPasswordsOfAccounts(t *testing.T) {
	t.Parallel()
	var hashed []string
	b := newBench(t, func(o *admin.Options) {
		o.Passwords = func(clear string) (string, error) { hashed = append(hashed, clear); return "$hash$", nil }
	})
	a := b.send(201, "POST", "/accounts", `{"userName":"ann","password":"pass\u00a0wo\u0308rd"}`)
	path := "/accounts/" + a.text("id")
	if a.text("hasPassword") != "true" || len(hashed) != 1 || hashed[0] != "pass wörd" {
		t.Errorf("%v, hashed %q", a, hashed)
	}
	for _, tt := range []struct{ body, has, version string }{
		{`{"displayName":"Ann"}`, "true", "2"},
		{`{"password":""}`, "false", "3"},
		{`{"password":""}`, "false", "3"},
		{`{"password":"new"}`, "true", "4"},
	} {
		if a = b.send(200, "PATCH", path, tt.body); a.text("hasPassword") != tt.has || a.text("version") != tt.version {
			t.Errorf("%s: %v", tt.body, a)
		}
	}
	b.send(400, "PATCH", path, `{"password":"a\u0000"}`)
	text := b.log.String()
	if strings.Contains(text, "pass") || strings.Contains(text, "hash") || strings.Contains(text, "ann") {
		t.Errorf("the log tells %s", text)
	}
}

// The log contains the id of an account, never another text that a path has in its place.
func TestLogOfAccounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.send(201, "POST", "/accounts", `{"userName":"canary"}`).text("id")
	b.send(404, "GET", "/accounts/canary@a.example", "")
	b.send(200, "GET", "/accounts?email=canary%40a.example", "")
	b.send(409, "POST", "/accounts", `{"userName":"CANARY"}`)
	b.send(200, "GET", "/accounts/"+id, "")
	text := b.log.String()
	if !strings.Contains(text, `"account":"`+id+`"`) || strings.Contains(strings.ToLower(text), "canary") {
		t.Errorf("the log: %s", text)
	}
}
