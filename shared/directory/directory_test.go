package directory_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/directory/verify"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// Tests that mostly wait, such as for retries because of item locks, run in parallel.
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
	return onTable(t, testkit.Table(t), wrap, change...)
}

// onTable is newBench in an existing table.
func onTable(
	t *testing.T, name string, wrap func(http.RoundTripper) http.RoundTripper, change ...func(*directory.Options),
) *bench {
	t.Helper()
	b := &bench{T: t, table: name}
	transport := http.RoundTripper(http.DefaultTransport.(*http.Transport).Clone())
	if wrap != nil {
		transport = wrap(transport)
	}
	o := directory.Options{Table: b.table, Endpoint: testkit.Endpoint(t), Client: &http.Client{Transport: transport}}
	for _, f := range change {
		f(&o)
	}
	dir, err := directory.Open(o)
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
	u, err := b.acme.Users().Create(b.Context(), user(name, externalID, emails...))
	if err != nil {
		b.Fatalf("create %s: %v", name, err)
	}
	return u
}

// setTo is a change that replaces a user's content.
func setTo(c directory.Content) func(directory.User) (directory.Content, error) {
	return func(directory.User) (directory.Content, error) { return c, nil }
}

func (b *bench) replace(id scim.ID, c directory.Content) (directory.User, error) {
	return b.acme.Users().Replace(b.Context(), id, nil, setTo(c))
}

// verify fails the test if the table is inconsistent, or has another number of users.
func (b *bench) verify(users int) {
	b.Helper()
	report := Verify(b.T, b.table)
	if report.Users != users {
		b.Errorf("%d users, want %d", report.Users, users)
	}
}

// Verify checks the table over a connection without faults.
func Verify(t *testing.T, name string) verify.Report {
	t.Helper()
	db, err := table.Open(table.Options{Name: name, Endpoint: testkit.Endpoint(t)})
	if err != nil {
		t.Fatal(err)
	}
	report, err := verify.Table(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range report.Findings {
		t.Error(finding)
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
	t.Parallel()
	b := newBench(t, nil)
	u := b.create("ann", "x1", "ann@example.com", "ann@home.org")
	b.verify(1)
	got, err := b.acme.Users().Get(t.Context(), u.ID)
	if err != nil || got.Doc.JSON() != u.Doc.JSON() || got.Version != 1 || !got.Created.Equal(u.Created) {
		t.Fatalf("read %+v, %v; want %+v", got, err, u)
	}
	renamed, err := b.replace(u.ID, user("Anne", "x2", "ann@example.com", "new@home.org"))
	if err != nil || renamed.Version != 2 || renamed.ID != u.ID || !renamed.Created.Equal(u.Created) {
		t.Fatalf("replaced %+v, %v", renamed, err)
	}
	b.verify(1)
	b.create("ann", "x1", "ann@home.org") // what was given up is free
	if err := b.acme.Users().Delete(t.Context(), u.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.verify(1)
	b.create("anne", "x2", "ann@example.com") // P-3.6-4
	b.verify(2)
	for what, err := range map[string]error{
		"read":    second(b.acme.Users().Get(t.Context(), u.ID)),
		"replace": second(b.replace(u.ID, user("a", ""))),
		"delete":  b.acme.Users().Delete(t.Context(), u.ID, nil),
	} {
		if !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s of a deleted user: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestFind(t *testing.T) {
	t.Parallel()
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
		{"name", b.acme.Users().ByName, "ANN", 1},
		{"name", b.acme.Users().ByName, "dan", 0},
		{"email", b.acme.Users().ByEmail, "Ann@Example.com", 1},
		{"email", b.acme.Users().ByEmail, "ann", 0},
		{"externalId", b.acme.Users().ByExternalID, "Same", 2},
		{"externalId", b.acme.Users().ByExternalID, "SAME", 0},
		{"externalId", b.acme.Users().ByExternalID, "", 0},
		{"foreign name", b.dir.For("globex").Users().ByName, "ann", 0}, // P-6-4
		{"foreign email", b.dir.For("globex").Users().ByEmail, "ann@example.com", 0},
		{"foreign externalId", b.dir.For("globex").Users().ByExternalID, "Same", 0},
	} {
		found, err := tt.find(t.Context(), tt.value)
		if err != nil || len(found) != tt.want {
			t.Errorf("by %s %q: %d found, %v; want %d", tt.what, tt.value, len(found), err, tt.want)
		}
	}
	if _, err := b.dir.For("globex").Users().Get(t.Context(), ann.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("foreign id: %v", err)
	}
}

func TestMatch(t *testing.T) { // P-3.5.1-18, P-3.6-7
	b := newBench(t, nil)
	u := b.create("ann", "")
	never := func(int64) bool { return false }
	if _, err := b.acme.Users().Replace(t.Context(), u.ID, never, nil); !errors.Is(err, directory.ErrVersion) {
		t.Errorf("replace: %v", err)
	}
	if err := b.acme.Users().Delete(t.Context(), u.ID, never); !errors.Is(err, directory.ErrVersion) {
		t.Errorf("delete: %v", err)
	}
	if same, err := b.replace(u.ID, user("ann", "")); err != nil || same.Version != 1 { // P-3.14-8
		t.Errorf("a change that changes nothing: version %d, %v", same.Version, err)
	}
}

func TestPasswordIsHashedOnlyWhenClaimsAreFree(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.create("ann", "")
	hashed := 0
	c := user("ANN", "")
	c.HashPassword = func() (string, error) { hashed++; return "$hash", nil }
	if _, err := b.acme.Users().Create(t.Context(), c); len(taken(err)) != 1 || hashed != 0 {
		t.Errorf("a lost name cost %d hashes, %v", hashed, err)
	}
	c.Doc = user("bob", "").Doc
	bob, err := b.acme.Users().Create(t.Context(), c)
	if err != nil || hashed != 1 {
		t.Fatalf("%d hashes, %v", hashed, err)
	}
	if u, err := b.replace(bob.ID, c); err != nil || u.Version != 2 || hashed != 2 {
		t.Errorf("a new password alone: version %d, %d hashes, %v", u.Version, hashed, err)
	}
}

// budget sets the time after which a call is given up.
func budget(d time.Duration) func(*directory.Options) {
	return func(o *directory.Options) { o.Budget = d }
}

// A stored document that can't be parsed is an error of the service, not of the request.
func TestDamagedDocument(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	u := b.create("ann", "")
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(t), Client: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(t.Context(), func(table.Stamp) table.Write {
		return table.Update(table.Key{PK: "T#acme#USER", SK: string(u.ID)}, table.Item{"doc": `{"a":1,"A":2}`})
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.acme.Users().Get(t.Context(), u.ID)
	var outward *scim.Error
	if err == nil || errors.As(err, &outward) {
		t.Errorf("a damaged document is reported as %v", err)
	}
}

// clock is a clock that tests set.
type clock struct{ now time.Time }

func newClock() (*clock, func(*directory.Options)) {
	c := &clock{now: time.Unix(1_800_000_000, 0).UTC()}
	return c, func(o *directory.Options) { o.Now = func() time.Time { return c.now } }
}

func (b *bench) newTenant(id tenant.ID, domains ...string) tenant.Tenant {
	b.Helper()
	return b.addTenant(tenant.Tenant{ID: id, Name: "Tenant " + string(id), Profile: tenant.Okta, Domains: domains})
}

func (b *bench) addTenant(made tenant.Tenant) tenant.Tenant {
	b.Helper()
	t, err := b.dir.Tenants().CreateTenant(b.Context(), made)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

func (b *bench) issue(model tenant.Credential) {
	b.Helper()
	_, c := tenant.NewCredential(model, time.Unix(1_800_000_000, 0).UTC())
	if err := b.dir.Tenants().CreateCredential(b.Context(), c); err != nil {
		b.Fatal(err)
	}
}
