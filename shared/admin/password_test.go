package admin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/password"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// newPasswordBench is a bench that stores passwords, with a user and an account who have one.
func newPasswordBench(t *testing.T) *bench {
	b := newBench(t, func(o *admin.Options) { o.Passwords, o.VerifyPassword = password.Hash, password.Verify })
	b.acme(`{"id":"acme"}`)
	b.send(201, "POST", "/tenants", `{"id":"globex"}`)
	b.userWithPassword("ann", true)
	b.userWithPassword("gone", false)
	b.newUser("acme", "without")
	b.send(201, "POST", "/accounts", `{"userName":"own","password":"t1meMa$heen"}`)
	return b
}

func (b *bench) userWithPassword(name string, active bool) {
	b.Helper()
	doc := scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(scim.UserSchema)},
		scim.Member{Name: "userName", Value: scim.Text(name)},
		scim.Member{Name: "active", Value: scim.Boolean(active)},
	)
	hash := func() (string, error) { return password.Hash("t1meMa$heen") }
	_, err := b.dir.For("acme").Users().Create(b.Context(), directory.Content{Doc: doc, HashPassword: hash})
	if err != nil {
		b.Fatal(err)
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	b := newPasswordBench(t)
	for _, tt := range []struct {
		name, body string
		valid      bool
	}{
		{"right", `{"tenant":"acme","userName":"ANN","password":"t1meMa$heen"}`, true},
		{"wrong", `{"tenant":"acme","userName":"ann","password":"t1meMa$heeN"}`, false},
		{"of another tenant", `{"tenant":"globex","userName":"ann","password":"t1meMa$heen"}`, false},
		{"of nobody", `{"tenant":"acme","userName":"nobody","password":"t1meMa$heen"}`, false},
		{"of a deactivated user", `{"tenant":"acme","userName":"gone","password":"t1meMa$heen"}`, false},
		{"of a user without one", `{"tenant":"acme","userName":"without","password":"t1meMa$heen"}`, false},
		{"of an account", `{"userName":"own","password":"t1meMa$heen"}`, true},
		{"of an email that nobody has", `{"email":"own@example.com","password":"t1meMa$heen"}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := b.send(200, "POST", "/password/verify", tt.body)
			if a.get("valid") != tt.valid || (a.get("id") != nil) != tt.valid {
				t.Errorf("%v, want valid %v", a, tt.valid)
			}
		})
	}
	for _, body := range []string{
		`{"tenant":"acme","userName":"ann"}`, `{"tenant":"acme","password":"x"}`,
		`{"tenant":"acme","userName":"ann","email":"a@b.c","password":"x"}`,
		fmt.Sprintf(`{"userName":%q,"password":"x"}`, strings.Repeat("a", 1025)),
	} {
		b.send(400, "POST", "/password/verify", body)
	}
	b.send(404, "POST", "/password/verify", `{"tenant":"Not an id","userName":"ann","password":"x"}`)
	if strings.Contains(b.log.String(), "t1me") {
		t.Errorf("the log has a password: %s", b.log.String())
	}
	discards := newBench(t)
	discards.send(400, "POST", "/password/verify", `{"userName":"own","password":"t1meMa$heen"}`)
}

// TestPasswordsAreNotGuessed: after ten wrong passwords in 15 minutes even the right one is refused, also
// for a name that nobody has. The right one resets the count.
func TestPasswordsAreNotGuessed(t *testing.T) {
	t.Parallel()
	b := newPasswordBench(t)
	try := func(status int, name, clear string) {
		t.Helper()
		b.send(status, "POST", "/password/verify", `{"tenant":"acme","userName":"`+name+`","password":"`+clear+`"}`)
	}
	for range 9 {
		try(200, "ann", "wrong")
	}
	try(200, "ann", "t1meMa$heen")
	for _, name := range []string{"ann", "nobody"} {
		for range 10 {
			try(200, name, "wrong")
		}
		try(429, strings.ToUpper(name), "t1meMa$heen")
	}
	found, err := b.dir.Tenants().Refusals(t.Context(), "acme", b.now.Add(-time.Hour))
	if err != nil || len(found) != 1 || found[0].Cause != tenant.PasswordGuesses || found[0].Count != 2 {
		t.Errorf("the first refusals are counted at once: %+v, %v", found, err)
	}
	try(200, "gone", "wrong")
	b.now = b.now.Add(15 * time.Minute)
	try(200, "ann", "t1meMa$heen")
}
