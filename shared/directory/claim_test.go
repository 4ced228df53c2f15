package directory_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/testkit"
)

func TestClaimsCollide(t *testing.T) { // P-3.3-8, P-5-1, S-4.1.1-2, S-4.1.1-3
	b := newBench(t, nil)
	b.create("Zoë.Straße", "", "zoë@example.com", "ZOË@EXAMPLE.COM")
	b.create("\uab70", "") // a small letter of Cherokee
	for _, tt := range []struct {
		name, email string
		want        string
	}{
		{"zoë.straße", "a@b.c", "[userName=zoë.straße]"},
		{"ZOË.STRASSE", "a@b.c", "[userName=ZOË.STRASSE]"},
		{"Zoe\u0308.strasse", "a@b.c", "[userName=Zoe\u0308.strasse]"},
		{"ｚｏë.straße", "a@b.c", "[userName=ｚｏë.straße]"},
		{"\u13a0", "a@b.c", "[userName=\u13a0]"},
		{"other", "Zoe\u0308@Example.com", "[emails.value=Zoe\u0308@Example.com]"},
		{"zoë.straße", "zoë@example.com", "[userName=zoë.straße emails.value=zoë@example.com]"},
	} {
		_, err := b.acme.Users().Create(t.Context(), user(tt.name, "", tt.email))
		if got := fmt.Sprint(taken(err)); got != tt.want {
			t.Errorf("%s, %s: %v, want %s taken", tt.name, tt.email, err, tt.want)
		}
	}
	b.verify(2)
	u := b.create("zoe", "", "zoe@example.com")
	if _, err := b.replace(u.ID, user("ZOË.straße", "")); fmt.Sprint(taken(err)) != "[userName=ZOË.straße]" {
		t.Errorf("rename to a name that is taken: %v", err) // P-3.5.1-13
	}
	if u, err := b.replace(u.ID, user("ZOE", "", "ZOE@example.com")); err != nil || u.Version != 2 { // P-3.5.1-14
		t.Errorf("change of case alone: %+v, %v", u, err)
	}
	b.verify(3)
}

func TestUniquenessScope(t *testing.T) { // P-6-7
	system := newBench(t, nil)
	system.create("ann", "")
	if _, err := system.dir.For("globex").Users().Create(t.Context(), user("ANN", "")); len(taken(err)) != 1 {
		t.Errorf("scope SYSTEM: %v", err)
	}
	each := newBench(t, nil, func(o *directory.Options) { o.Scope = directory.TenantScope })
	each.create("ann", "")
	if _, err := each.dir.For("globex").Users().Create(t.Context(), user("ANN", "")); err != nil {
		t.Errorf("scope TENANT: %v", err)
	}
	each.verify(2)
}

func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	if err := b.dir.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for scope, want := range map[directory.Scope]error{
		directory.SystemScope: nil, directory.TenantScope: directory.ErrSettings,
	} {
		other, err := directory.Open(directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t), Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Ready(t.Context()); !errors.Is(err, want) {
			t.Errorf("scope %s: %v, want %v", scope, err, want)
		}
	}
}

func TestLongValuesAreHashed(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	long := string(make([]byte, 0))
	for len(long) < 600 {
		long += "äbcdefghij"
	}
	b.create(long, long)
	if _, err := b.acme.Users().Create(t.Context(), user(long, "")); len(taken(err)) != 1 {
		t.Errorf("a long name twice: %v", err)
	}
	for what, find := range map[string]func(context.Context, string) ([]directory.User, error){
		"name": b.acme.Users().ByName, "externalId": b.acme.Users().ByExternalID,
	} {
		if found, err := find(t.Context(), long); err != nil || len(found) != 1 {
			t.Errorf("by %s: %v, %v", what, found, err)
		}
	}
	b.verify(1)
	hash := "\x01" + fmt.Sprintf("%x", sha256.Sum256([]byte(long))) // as the key of long has it
	found, err := b.acme.Users().ByExternalID(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := b.replace(found[0].ID, user(long, hash)); err != nil || u.Version != 2 {
		t.Errorf("an externalId like a hash: %+v, %v", u, err)
	}
	b.verify(1)
}

func TestRefusedValues(t *testing.T) { // P-5-3
	b := newBench(t, nil)
	emails := make([]string, 41)
	for i := range emails {
		emails[i] = fmt.Sprint(i, "@example.com")
	}
	big := user("big", "")
	big.Doc = scim.Map(append(big.Doc.Members(),
		scim.Member{Name: "title", Value: scim.Text(string(make([]byte, 33<<10)))})...)
	for what, c := range map[string]directory.Content{
		"control character":    user("a\tb", ""),
		"zero-width space":     user("a\u200bb", ""),
		"unassigned":           user("a\u0378b", ""),
		"variation selector":   user("a\ufe0f", ""),
		"Hangul filler":        user("\u3164", ""),
		"blank of Braille":     user("a\u2800", ""),
		"blank at the end":     user("a ", ""),
		"blank at the start":   user("a", "", " a@example.com"),
		"blank":                user("  ", ""),
		"control in email":     user("a", "", "a\nb@example.com"),
		"more than 40 emails":  user("a", "", emails...),
		"a document too large": big,
	} {
		_, err := b.acme.Users().Create(t.Context(), c)
		var e *scim.Error
		if !errors.As(err, &e) || e.Type != scim.TypeInvalidValue {
			t.Errorf("%s: %v", what, err)
		}
	}
	b.verify(0)
	if _, err := b.acme.Users().Create(t.Context(), user("a", "", emails[:40]...)); err != nil {
		t.Errorf("40 emails: %v", err)
	}
	b.verify(1)
}
