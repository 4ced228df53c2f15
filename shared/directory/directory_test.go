package directory_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/directory/table"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/charge"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is a directory in a table of its own.
type bench struct {
	*testing.T
	dir   *directory.Directory
	acme  *directory.Tenant
	table string
}

func newBench(t *testing.T, wrap func(http.RoundTripper) http.RoundTripper, change ...func(*directory.Options)) *bench {
	t.Helper()
	b := &bench{T: t, table: testkit.Table(t)}
	transport := http.RoundTripper(http.DefaultTransport.(*http.Transport).Clone())
	if wrap != nil {
		transport = wrap(transport)
	}
	o := directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t), Client: &http.Client{Transport: transport}}
	for _, f := range change {
		f(&o)
	}
	dir, err := directory.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.dir, b.acme = dir, dir.For("acme")
	return b
}

// user makes a document of a username, emails and an externalId.
func user(name, externalID string, emails ...string) directory.Content {
	members := []scim.Member{{Name: "schemas", Value: scim.Texts(scim.UserSchema)}}
	if externalID != "" {
		members = append(members, scim.Member{Name: "externalId", Value: scim.Text(externalID)})
	}
	members = append(members, scim.Member{Name: "userName", Value: scim.Text(name)})
	var list []scim.Value
	for _, email := range emails {
		list = append(list, scim.Map(scim.Member{Name: "value", Value: scim.Text(email)}))
	}
	if list != nil {
		members = append(members, scim.Member{Name: "emails", Value: scim.List(list...)})
	}
	return directory.Content{Doc: scim.Map(members...)}
}

func (b *bench) create(name, externalID string, emails ...string) directory.User {
	b.Helper()
	u, err := b.acme.CreateUser(b.Context(), user(name, externalID, emails...))
	if err != nil {
		b.Fatalf("create %s: %v", name, err)
	}
	return u
}

func (b *bench) replace(id scim.ID, c directory.Content) (directory.User, error) {
	return b.acme.ReplaceUser(b.Context(), id, nil, func(directory.User) (directory.Content, error) { return c, nil })
}

// verify fails the test if the table is not whole, or has not that many users.
func (b *bench) verify(users int) {
	b.Helper()
	report := Verify(b.T, b.table)
	if report.Users != users {
		b.Errorf("%d users, want %d", report.Users, users)
	}
}

// Verify checks the table past every fault that a test put in the way.
func Verify(t *testing.T, name string) verify.Report {
	t.Helper()
	db, err := table.Open(context.Background(), table.Options{Name: name, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	report, err := verify.Table(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range report.Problems {
		t.Error(problem)
	}
	return report
}

// taken returns the attributes that a *TakenError names.
func taken(err error) (attributes []string) {
	var e *directory.TakenError
	if errors.As(err, &e) {
		for _, v := range e.Values {
			attributes = append(attributes, v.Attribute+"="+v.Value)
		}
	}
	return attributes
}

func TestUserLife(t *testing.T) {
	b := newBench(t, nil)
	u := b.create("ann", "x1", "ann@example.com", "ann@home.org")
	b.verify(1)
	got, err := b.acme.User(t.Context(), u.ID)
	if err != nil || got.Doc.JSON() != u.Doc.JSON() || got.Version != 1 || !got.Created.Equal(u.Created) {
		t.Fatalf("read %+v, %v; want %+v", got, err, u)
	}
	renamed, err := b.replace(u.ID, user("Anne", "x2", "ann@example.com", "new@home.org"))
	if err != nil || renamed.Version != 2 || renamed.ID != u.ID || !renamed.Created.Equal(u.Created) {
		t.Fatalf("replaced %+v, %v", renamed, err)
	}
	b.verify(1)
	b.create("ann", "x1", "ann@home.org") // what was given up is free
	if err := b.acme.DeleteUser(t.Context(), u.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.verify(1)
	b.create("anne", "x2", "ann@example.com") // P-3.6-4
	b.verify(2)
	for what, err := range map[string]error{
		"read":    second(b.acme.User(t.Context(), u.ID)),
		"replace": second(b.replace(u.ID, user("a", ""))),
		"delete":  b.acme.DeleteUser(t.Context(), u.ID, nil),
	} {
		if err != directory.ErrNotFound {
			t.Errorf("%s of a deleted user: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

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
		_, err := b.acme.CreateUser(t.Context(), user(tt.name, "", tt.email))
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
	if _, err := system.dir.For("globex").CreateUser(t.Context(), user("ANN", "")); len(taken(err)) != 1 {
		t.Errorf("scope SYSTEM: %v", err)
	}
	each := newBench(t, nil, func(o *directory.Options) { o.Scope = directory.TenantScope })
	each.create("ann", "")
	if _, err := each.dir.For("globex").CreateUser(t.Context(), user("ANN", "")); err != nil {
		t.Errorf("scope TENANT: %v", err)
	}
	each.verify(2)
}

func TestSettingsAreKept(t *testing.T) {
	b := newBench(t, nil)
	if err := b.dir.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for scope, want := range map[directory.Scope]error{directory.SystemScope: nil, directory.TenantScope: directory.ErrSettings} {
		other, err := directory.Open(t.Context(), directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t), Scope: scope})
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Ready(t.Context()); !errors.Is(err, want) {
			t.Errorf("scope %s: %v, want %v", scope, err, want)
		}
	}
}

func TestLongValuesAreHashed(t *testing.T) {
	b := newBench(t, nil)
	long := string(make([]byte, 0))
	for len(long) < 600 {
		long += "äbcdefghij"
	}
	b.create(long, long)
	if _, err := b.acme.CreateUser(t.Context(), user(long, "")); len(taken(err)) != 1 {
		t.Errorf("a long name twice: %v", err)
	}
	for what, find := range map[string]func(context.Context, string) ([]directory.User, error){
		"name": b.acme.UserByName, "externalId": b.acme.UsersByExternalID,
	} {
		if found, err := find(t.Context(), long); err != nil || len(found) != 1 {
			t.Errorf("by %s: %v, %v", what, found, err)
		}
	}
	b.verify(1)
	hash := "\x01" + fmt.Sprintf("%x", sha256.Sum256([]byte(long))) // as the key of long has it
	found, err := b.acme.UsersByExternalID(t.Context(), long)
	if err != nil {
		t.Fatal(err)
	}
	if u, err := b.replace(found[0].ID, user(long, hash)); err != nil || u.Version != 2 {
		t.Errorf("an externalId like a hash: %+v, %v", u, err)
	}
	b.verify(1)
}

func TestFind(t *testing.T) {
	b := newBench(t, nil)
	ann := b.create("ann", "Same", "ann@example.com")
	b.create("bob", "Same", "bob@example.com") // S-3.1-13
	b.create("cid", "same")
	for _, tt := range []struct {
		what  string
		find  func(context.Context, string) ([]directory.User, error)
		value string
		want  int
	}{
		{"name", b.acme.UserByName, "ANN", 1},
		{"name", b.acme.UserByName, "dan", 0},
		{"email", b.acme.UserByEmail, "Ann@Example.com", 1},
		{"email", b.acme.UserByEmail, "ann", 0},
		{"externalId", b.acme.UsersByExternalID, "Same", 2},
		{"externalId", b.acme.UsersByExternalID, "SAME", 0},
		{"externalId", b.acme.UsersByExternalID, "", 0},
		{"foreign name", b.dir.For("globex").UserByName, "ann", 0}, // P-6-4
		{"foreign email", b.dir.For("globex").UserByEmail, "ann@example.com", 0},
		{"foreign externalId", b.dir.For("globex").UsersByExternalID, "Same", 0},
	} {
		found, err := tt.find(t.Context(), tt.value)
		if err != nil || len(found) != tt.want {
			t.Errorf("by %s %q: %d found, %v; want %d", tt.what, tt.value, len(found), err, tt.want)
		}
	}
	if _, err := b.dir.For("globex").User(t.Context(), ann.ID); err != directory.ErrNotFound {
		t.Errorf("foreign id: %v", err)
	}
}

func TestUsers(t *testing.T) { // P-3.4.2.4-13
	b := newBench(t, nil)
	for i := range 7 {
		b.create(fmt.Sprint("user", i), "")
	}
	seen := map[scim.ID]bool{}
	for _, tt := range []struct{ skip, count, want int }{{0, 0, 0}, {0, 3, 3}, {3, 3, 3}, {6, 3, 1}, {7, 3, 0}, {0, 100, 7}} {
		users, err := b.acme.Users(t.Context(), tt.skip, tt.count)
		if err != nil || len(users) != tt.want {
			t.Errorf("%d behind %d: %d users, %v", tt.count, tt.skip, len(users), err)
		}
		if tt.count == 3 {
			for _, u := range users {
				seen[u.ID] = true
			}
		}
	}
	if len(seen) != 7 {
		t.Errorf("the pages show %d users", len(seen))
	}
	if n, err := b.acme.CountUsers(t.Context()); n != 7 || err != nil {
		t.Errorf("CountUsers = %d, %v", n, err)
	}
	each := 0
	if err := b.acme.EachUser(t.Context(), func(directory.User) bool { each++; return each < 5 }); err != nil || each != 5 {
		t.Errorf("EachUser called %d times, %v", each, err)
	}
}

func TestRefusedValues(t *testing.T) { // P-5-3
	b := newBench(t, nil)
	emails := make([]string, 41)
	for i := range emails {
		emails[i] = fmt.Sprint(i, "@example.com")
	}
	big := user("big", "")
	big.Doc = scim.Map(append(big.Doc.Members(), scim.Member{Name: "title", Value: scim.Text(string(make([]byte, 33<<10)))})...)
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
		_, err := b.acme.CreateUser(t.Context(), c)
		var e *scim.Error
		if !errors.As(err, &e) || e.Type != scim.TypeInvalidValue {
			t.Errorf("%s: %v", what, err)
		}
	}
	b.verify(0)
	if _, err := b.acme.CreateUser(t.Context(), user("a", "", emails[:40]...)); err != nil {
		t.Errorf("40 emails: %v", err)
	}
	b.verify(1)
}

func TestMatch(t *testing.T) { // P-3.5.1-18, P-3.6-7
	b := newBench(t, nil)
	u := b.create("ann", "")
	never := func(int64) bool { return false }
	if _, err := b.acme.ReplaceUser(t.Context(), u.ID, never, nil); err != directory.ErrVersion {
		t.Errorf("replace: %v", err)
	}
	if err := b.acme.DeleteUser(t.Context(), u.ID, never); err != directory.ErrVersion {
		t.Errorf("delete: %v", err)
	}
	if same, err := b.replace(u.ID, user("ann", "")); err != nil || same.Version != 1 { // P-3.14-8
		t.Errorf("a change that changes nothing: version %d, %v", same.Version, err)
	}
}

func TestPasswordIsHashedOnlyWhenClaimsAreFree(t *testing.T) {
	b := newBench(t, nil)
	b.create("ann", "")
	hashed := 0
	c := user("ANN", "")
	c.HashPassword = func() (string, error) { hashed++; return "$hash", nil }
	if _, err := b.acme.CreateUser(t.Context(), c); len(taken(err)) != 1 || hashed != 0 {
		t.Errorf("a lost name cost %d hashes, %v", hashed, err)
	}
	c.Doc = user("bob", "").Doc
	bob, err := b.acme.CreateUser(t.Context(), c)
	if err != nil || hashed != 1 {
		t.Fatalf("%d hashes, %v", hashed, err)
	}
	if u, err := b.replace(bob.ID, c); err != nil || u.Version != 2 || hashed != 2 {
		t.Errorf("a new password alone: version %d, %d hashes, %v", u.Version, hashed, err)
	}
}

func TestCapacity(t *testing.T) { // design: round trips and capacity
	b := newBench(t, charge.Transactions)
	u := b.create("ann", "x", "ann@example.com")
	for _, tt := range []struct {
		what string
		do   func(context.Context) error
		want table.Usage
	}{
		{"create", func(ctx context.Context) error {
			return second(b.acme.CreateUser(ctx, user("bob", "y", "bob@example.com")))
		}, table.Usage{Calls: 1, Writes: 10}},
		{"get", func(ctx context.Context) error { return second(b.acme.User(ctx, u.ID)) }, table.Usage{Calls: 1, Reads: 1}},
		{"by userName", func(ctx context.Context) error { return second(b.acme.UserByName(ctx, "ann")) }, table.Usage{Calls: 2, Reads: 2}},
		{"by email", func(ctx context.Context) error { return second(b.acme.UserByEmail(ctx, "ann@example.com")) }, table.Usage{Calls: 2, Reads: 2}},
		{"by externalId", func(ctx context.Context) error { return second(b.acme.UsersByExternalID(ctx, "x")) }, table.Usage{Calls: 2, Reads: 2}},
		{"replace without claims", func(ctx context.Context) error {
			c := user("ann", "x", "ann@example.com")
			c.Doc = scim.Map(append(c.Doc.Members(), scim.Member{Name: "title", Value: scim.Text("t")})...)
			return second(b.acme.ReplaceUser(ctx, u.ID, nil, func(directory.User) (directory.Content, error) { return c, nil }))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 1}},
		{"rename", func(ctx context.Context) error {
			c := user("anne", "x", "ann@example.com")
			return second(b.acme.ReplaceUser(ctx, u.ID, nil, func(directory.User) (directory.Content, error) { return c, nil }))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 6}},
		{"replace by the same", func(ctx context.Context) error {
			c := user("anne", "x", "ann@example.com")
			return second(b.acme.ReplaceUser(ctx, u.ID, nil, func(directory.User) (directory.Content, error) { return c, nil }))
		}, table.Usage{Calls: 1, Reads: 1}},
		{"count", func(ctx context.Context) error { return second(b.acme.CountUsers(ctx)) }, table.Usage{Calls: 1, Reads: 1}},
		{"delete", func(ctx context.Context) error { return b.acme.DeleteUser(ctx, u.ID, nil) }, table.Usage{Calls: 2, Reads: 1, Writes: 10}},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if err := tt.do(ctx); err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		if got := meter.Usage(); got != tt.want {
			t.Errorf("%s used %+v, want %+v", tt.what, got, tt.want)
		}
	}
}

// budget shortens the time until a call is given up.
func budget(d time.Duration) func(*directory.Options) {
	return func(o *directory.Options) { o.Budget = d }
}
