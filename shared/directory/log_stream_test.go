package directory_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/charge"
	"scimserver/shared/testkit/fault"
)

// logBench is a bench with its provisioning log, and the images of the resources whose changes
// it has logged.
type logBench struct {
	*bench
	db   *table.DB
	seen map[table.Key]*directory.Image
	n    int
}

func newLogBench(b *bench) *logBench {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(b.T)})
	if err != nil {
		b.Fatal(err)
	}
	b.newTenant("acme")
	return &logBench{bench: b, db: db, seen: map[table.Key]*directory.Image{}}
}

// arrived is recent, so that DynamoDB Local does not remove the entries as expired.
var arrived = time.Now().UTC().Add(-48 * time.Hour).Truncate(24 * time.Hour).Add(12 * time.Hour)

// request makes the context of the next request: r1, r2, ...
func (j *logBench) request(operation string, status int) context.Context {
	j.n++
	n := j.n
	return directory.WithLogRecord(j.Context(), func(skipped []scim.ID) directory.LogRecord {
		r := directory.LogRecord{
			Time: arrived.Add(time.Duration(n) * time.Second), Request: fmt.Sprintf("r%d", n), Credential: "k1",
			Operation: operation, Status: status,
		}
		r.Skipped = skipped
		return r
	})
}

func (j *logBench) image(key table.Key) *directory.Image {
	j.Helper()
	item, err := j.db.Get(j.Context(), key)
	if err != nil {
		j.Fatal(err)
	}
	if item == nil {
		return nil
	}
	return &directory.Image{
		Doc: item.Text("doc"), Password: item.Text("password"), Log: item.Text("log"),
		DeletedAt: item.Text("deleting"),
	}
}

// follow logs the changes of a resource in the stream since the last call.
func (j *logBench) follow(kind string, id scim.ID) bool {
	j.Helper()
	key := table.Key{PK: "T#acme#" + kind, SK: string(id)}
	now := j.image(key)
	p, ok, err := directory.ReadStreamChange(key.PK, key.SK, j.seen[key], now)
	if err != nil {
		j.Fatal(err)
	}
	j.seen[key] = now
	if ok {
		for range 2 { // the stream may deliver a record twice
			if err := j.dir.WriteLog(j.Context(), []directory.StreamChange{p, p}); err != nil {
				j.Fatal(err)
			}
		}
	}
	return ok
}

func (j *logBench) entries() []provlog.Entry {
	j.Helper()
	page, next, err := j.acme.Log().Page(j.Context(),
		provlog.Query{From: arrived.Add(-time.Hour), To: arrived.Add(time.Hour), Limit: 100})
	if err != nil || next != "" {
		j.Fatal(next, err)
	}
	return page
}

// newest compares the newest entry with the wanted one, except for time, request, credential
// and id.
func (j *logBench) newest(want provlog.Entry) {
	j.Helper()
	all := j.entries()
	if len(all) == 0 {
		j.Fatal("the log is empty")
	}
	got := all[0]
	if got.Request != fmt.Sprintf("r%d", j.n) || got.Credential != "k1" ||
		!got.Time.Equal(arrived.Add(time.Duration(j.n)*time.Second)) || got.ID == "" {
		j.Errorf("the newest entry is %+v", got)
	}
	got.Time, got.Request, got.Credential, got.ID = time.Time{}, "", "", ""
	if !reflect.DeepEqual(got, want) {
		j.Errorf("the entry is %+v\nwant %+v", got, want)
	}
}

// with returns a content with more attributes, as JSON, and a password unless hash is "".
func with(c directory.Content, more, password string) directory.Content {
	doc, err := scim.ParseJSON([]byte("{" + more + "}"))
	if err != nil {
		panic(err)
	}
	c.Doc = scim.Map(append(append([]scim.Member{}, c.Doc.Members()...), doc.Members()...)...)
	if password != "" {
		c.HashPassword = func() (string, error) { return password, nil }
	}
	return c
}

func TestLogOfAUser(t *testing.T) {
	t.Parallel()
	const urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	broken, stop := false, func() {}
	j := newLogBench(newBench(t, scripted(fault.Rule{
		Operation: "TransactWriteItems", Calls: func(int) bool { return broken },
		Fault: fault.Then(fault.Refused, func() { stop() }),
	})))
	u, err := j.acme.Users().Create(j.request("create", 201),
		with(user("ann", "x1", "ann@example.com"), `"active":true`, "hash"))
	if err != nil || !j.follow("USER", u.ID) {
		t.Fatal(err)
	}
	j.newest(provlog.Entry{
		Operation: "create", Kind: "User", Name: "ann", ExternalID: "x1", Status: 201,
		Changed: []string{"externalId", "userName", "emails", "active=true", "password"},
	})
	change := func(ctx context.Context, c directory.Content) {
		t.Helper()
		if _, err := j.acme.Users().Replace(ctx, u.ID, nil, setTo(c)); err != nil {
			t.Fatal(err)
		}
	}
	changed := with(user("anne", "x1"), `"active":false,"`+urn+`":{"department":"d","manager":{"value":"m"}}`, "")
	change(j.request("patch", 200), changed)
	j.follow("USER", u.ID)
	j.newest(provlog.Entry{Operation: "patch", Kind: "User", Name: "anne", ExternalID: "x1", Status: 200,
		Changed:    []string{"userName", "active=false", urn + ":department", urn + ":manager", "emails"},
		FormerName: "ann"})
	for value, want := range map[string][]provlog.Named{
		"Anne": {{ID: u.ID, Type: "User", Name: "anne"}}, "ANN": {{ID: u.ID, Type: "User", Name: "anne"}},
		"ann@example.com": {{ID: u.ID, Type: "User", Name: "anne"}}, "x1": {{ID: u.ID, Type: "User", Name: "anne"}},
		string(u.ID): {{ID: u.ID, Type: "User", Name: "anne"}}, "nobody": nil,
	} {
		if got, err := j.acme.WhoIs(t.Context(), value, time.Time{}); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("who is %s: %+v, %v", value, got, err)
		}
	}
	change(j.request("replace", 200),
		with(user("anne", "x1"), `"active":false,"`+urn+`":{"department":"e","manager":{"value":"m"}}`, "other"))
	j.follow("USER", u.ID)
	j.newest(provlog.Entry{
		Operation: "replace", Kind: "User", Name: "anne", ExternalID: "x1", Status: 200,
		Changed: []string{urn + ":department", "password"},
	})
	change(j.request("replace", 200),
		with(user("anne", "x1"), `"active":false,"`+urn+`":{"department":"e","manager":{"value":"m"}}`, ""))
	change(t.Context(), with(user("anne", "x1"), `"active":true`, "")) // without a request of a provider
	if j.follow("USER", u.ID) || len(j.entries()) != 3 {
		t.Errorf("%d entries, want none for an unchanged user or a change without a request", len(j.entries()))
	}
	dying, die := context.WithCancel(j.request("delete", 204))
	broken, stop = true, die // after the mark of deletion
	if err := j.acme.Users().Delete(dying, u.ID, nil); !errors.Is(err, directory.ErrUnavailable) ||
		!j.follow("USER", u.ID) {
		t.Fatal(err)
	}
	broken = false
	j.newest(provlog.Entry{Operation: "delete", Kind: "User", Name: "anne", ExternalID: "x1", Status: 204})
	if got := j.entries(); len(got) != 4 || got[0].ID != u.ID {
		t.Errorf("%+v", got)
	}
	if err := j.acme.Users().Delete(t.Context(), u.ID, nil); !errors.Is(err, directory.ErrNotFound) ||
		j.follow("USER", u.ID) {
		t.Errorf("finishing the deletion: %v", err)
	}
	if got, err := j.acme.WhoIs(t.Context(), "anne", time.Time{}); err != nil ||
		!reflect.DeepEqual(got, []provlog.Named{{ID: u.ID, Type: "User"}}) {
		t.Errorf("who was anne: %+v, %v", got, err)
	}
	j.verify(0)
}

func TestLogOfAGroup(t *testing.T) {
	t.Parallel()
	j := newLogBench(newBench(t, nil, func(o *directory.Options) { o.Step = 2 }))
	ids := j.users(5)
	made, err := j.acme.Groups().Create(j.request("create", 201),
		group("g", "x"), directory.MemberEdit{Add: members(ids[0], "0-unknown"), SkipUnknown: true})
	if err != nil || !j.follow("GROUP", made.Group.ID) {
		t.Fatal(err)
	}
	id := made.Group.ID
	j.newest(provlog.Entry{Operation: "create", Kind: "Group", Name: "g", ExternalID: "x", Status: 201,
		Changed: []string{"externalId", "displayName", "members"}, Skipped: []scim.ID{"0-unknown"}, SkippedCount: 1,
		Added: named("User", ids[0]), AddedCount: 1})
	edit := func(ctx context.Context, name string, m directory.MemberEdit) {
		t.Helper()
		_, err := j.acme.Groups().Change(ctx, id, nil, nil, func(*directory.Draft) (directory.Edit, error) {
			return directory.Edit{Doc: group(name, "x"), Members: m}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	edit(j.request("patch", 204), "g", directory.MemberEdit{Add: members(ids...)}) // in steps
	j.follow("GROUP", id)
	j.newest(provlog.Entry{
		Operation: "patch", Kind: "Group", Name: "g", ExternalID: "x", Status: 204, Changed: []string{"members"},
		Added: named("User", ids[1:]...), AddedCount: 4,
	})
	edit(j.request("patch", 204), "h", directory.MemberEdit{Add: members(ids[1])})
	j.follow("GROUP", id)
	j.newest(provlog.Entry{
		Operation: "patch", Kind: "Group", Name: "h", ExternalID: "x", Status: 204, Changed: []string{"displayName"},
		FormerName: "g",
	})
	edit(j.request("patch", 204), "h",
		directory.MemberEdit{Remove: []scim.ID{ids[2], "0-unknown"}, Add: members(ids[0])})
	j.follow("GROUP", id)
	j.newest(provlog.Entry{
		Operation: "patch", Kind: "Group", Name: "h", ExternalID: "x", Status: 204, Changed: []string{"members"},
		Removed: named("User", ids[2]), RemovedCount: 1,
	})
	edit(j.request("patch", 204), "h", directory.MemberEdit{Add: members(ids[1]), Remove: []scim.ID{"0-unknown"}})
	if j.follow("GROUP", id) || len(j.entries()) != 4 {
		t.Errorf("what changed nothing: %+v", j.entries())
	}
	if err := j.acme.Users().Delete(j.request("delete", 204), ids[1], nil); err != nil || !j.follow("GROUP", id) {
		t.Fatal(err)
	}
	j.newest(provlog.Entry{
		Operation: provlog.Leave, Kind: "Group", Name: "h", ExternalID: "x", Status: 204, Changed: []string{"members"},
		Removed: named("User", ids[1]), RemovedCount: 1,
	})
	// without a request of a provider
	if err := j.acme.Users().Delete(t.Context(), ids[3], nil); err != nil || j.follow("GROUP", id) {
		t.Fatal(err)
	}
	j.verify(3)
}

// named are members in entries.
func named(kind string, ids ...scim.ID) (all []provlog.Member) {
	for _, id := range ids {
		all = append(all, provlog.Member{ID: id, Type: kind})
	}
	return all
}

// TestLogNamesManyMembers: the log names as many members as the item of the group has room for, and
// counts all. The change and the next one cost no more than without the log.
func TestLogNamesManyMembers(t *testing.T) {
	t.Parallel()
	const many = 40
	j := newLogBench(newBench(t, charge.Transactions))
	ids := j.users(many)
	made, err := j.acme.Groups().Create(t.Context(), group("g", "x"), directory.MemberEdit{})
	if err != nil {
		t.Fatal(err)
	}
	j.follow("GROUP", made.Group.ID)
	cost := func(ctx context.Context, m directory.MemberEdit) table.Usage {
		t.Helper()
		ctx, meter := table.WithMeter(ctx)
		if _, err := j.edit(ctx, made.Group.ID, m); err != nil {
			t.Fatal(err)
		}
		item, err := j.db.Get(t.Context(), table.Key{PK: "T#acme#GROUP", SK: string(made.Group.ID)})
		size := 0
		for name, value := range item {
			size += len(name) + 8
			if text, ok := value.(string); ok {
				size += len(text) - 8
			}
		}
		if err != nil || size < 200 || size > 1024 { // a write unit is 1 KB; charge does not know the size of an item
			t.Errorf("the item of the group takes %d bytes, %v", size, err)
		}
		return meter.Usage()
	}
	for _, n := range []int{32, many} {
		add, remove := directory.MemberEdit{Add: members(ids[:n]...)}, directory.MemberEdit{Remove: ids[:n]}
		added, removed := cost(t.Context(), add), cost(t.Context(), remove)
		if got := cost(j.request("patch", 204), add); got.Writes > added.Writes || got.Calls != added.Calls {
			t.Errorf("to add %d costs %+v, without the log %+v", n, got, added)
		}
		j.follow("GROUP", made.Group.ID)
		e := j.entries()[0]
		if len(e.Added) < 15 || len(e.Added) > n || e.AddedCount != n || e.Added[0].ID != ids[0] || len(e.Removed) > 0 {
			t.Errorf("%d named, %d of %d: %+v", len(e.Added), e.AddedCount, n, e)
		}
		if got := cost(j.request("patch", 204), remove); got.Writes > removed.Writes || got.Calls != removed.Calls {
			t.Errorf("to remove %d costs %+v, without the log %+v", n, got, removed)
		}
		j.follow("GROUP", made.Group.ID)
		if e := j.entries()[0]; len(e.Removed) < 15 || e.RemovedCount != n || len(e.Added) > 0 {
			t.Errorf("%d named, %d of %d: %+v", len(e.Removed), e.RemovedCount, n, e)
		}
	}
}

// TestLogNamesGroupsAsMembers: a member that is a group is named as one, and leaves when it is deleted.
func TestLogNamesGroupsAsMembers(t *testing.T) {
	t.Parallel()
	j := newLogBench(newBench(t, nil))
	outer, err := j.acme.Groups().Create(t.Context(), group("outer", ""), directory.MemberEdit{})
	if err != nil {
		t.Fatal(err)
	}
	inner, err := j.acme.Groups().Create(t.Context(), group("inner", ""), directory.MemberEdit{})
	if err != nil {
		t.Fatal(err)
	}
	j.follow("GROUP", outer.Group.ID)
	if _, err := j.edit(j.request("patch", 204), outer.Group.ID,
		directory.MemberEdit{Add: []directory.Member{{ID: inner.Group.ID, Kind: directory.GroupKind}}}); err != nil {
		t.Fatal(err)
	}
	j.follow("GROUP", outer.Group.ID)
	j.newest(provlog.Entry{
		Operation: "patch", Kind: "Group", Name: "outer", Status: 204, Changed: []string{"members"},
		Added: named("Group", inner.Group.ID), AddedCount: 1,
	})
	if err := j.acme.Groups().Delete(j.request("delete", 204), inner.Group.ID, nil); err != nil {
		t.Fatal(err)
	}
	j.follow("GROUP", outer.Group.ID)
	j.newest(provlog.Entry{
		Operation: provlog.Leave, Kind: "Group", Name: "outer", Status: 204, Changed: []string{"members"},
		Removed: named("Group", inner.Group.ID), RemovedCount: 1,
	})
}

// A write with a log stamp costs no more than without it.
func TestLogCostsNothing(t *testing.T) { // design: round trips and capacity
	j := newLogBench(newBench(t, charge.Transactions))
	ids := j.users(1)
	var u directory.User
	var g directory.ChangeResult
	for _, tt := range []struct {
		what string
		do   func(context.Context) error
		want table.Usage
	}{
		{"create", func(ctx context.Context) (err error) {
			u, err = j.acme.Users().Create(ctx, user("bob", "y", "bob@example.com"))
			return err
		}, table.Usage{Calls: 1, Writes: 10}},
		{"replace", func(ctx context.Context) error {
			return second(j.acme.Users().Replace(ctx, u.ID, nil, func(directory.User) (directory.Content, error) {
				return with(user("bob", "y", "bob@example.com"), `"title":"t"`, ""), nil
			}))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 1}},
		{"delete", func(ctx context.Context) error {
			return j.acme.Users().Delete(ctx, u.ID, nil)
		}, table.Usage{Calls: 3, Writes: 13}},
		{"create a group", func(ctx context.Context) (err error) {
			g, err = j.acme.Groups().Create(ctx, group("g", ""), directory.MemberEdit{})
			return err
		}, table.Usage{Calls: 1, Writes: 6}},
		{"add a member", func(ctx context.Context) error {
			return second(j.edit(ctx, g.Group.ID, directory.MemberEdit{Add: members(ids[0])}))
		}, table.Usage{Calls: 2, Reads: 1, Writes: 8}},
	} {
		r := directory.LogRecord{Time: arrived, Request: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
			Credential: "abcdefghijklmnopqrst", Operation: tt.what, Status: 201,
			Deviations: []string{"string-boolean", "unknown-member", "bare-words", "long-display"}}
		ctx, meter := table.WithMeter(directory.WithLogRecord(t.Context(), func([]scim.ID) directory.LogRecord {
			return r
		}))
		if err := tt.do(ctx); err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		if got := meter.Usage(); got != tt.want {
			t.Errorf("%s used %+v, want %+v", tt.what, got, tt.want)
		}
	}
	if item := j.image(table.Key{PK: "T#acme#GROUP", SK: string(g.Group.ID)}); len(item.Log) < 100 ||
		len(item.Log) > 250 {
		t.Errorf("the record takes %d bytes: %s", len(item.Log), item.Log)
	}
}

func TestDamagedRecords(t *testing.T) {
	t.Parallel()
	whole := directory.Image{Doc: `{"userName":"a"}`, Log: `{"t":1,"r":"r","o":"create","s":201}`}
	for name, change := range map[string]func(before, after *directory.Image){
		"record":              func(_, after *directory.Image) { after.Log = "{" },
		"document":            func(_, after *directory.Image) { after.Doc = "{" },
		"document before":     func(before, _ *directory.Image) { before.Doc = "" },
		"document and record": func(_, after *directory.Image) { *after = directory.Image{Log: "x"} },
	} {
		before, after := directory.Image{Doc: `{}`}, whole
		change(&before, &after)
		if _, ok, err := directory.ReadStreamChange("T#acme#USER", "u", &before, &after); err == nil || ok {
			t.Errorf("%s: %v, %v", name, ok, err)
		}
	}
	for _, pk := range []string{"ACCOUNT", "T#acme#MEMBERS#g", "T#acme#TEAM", "TENANT", "T#acme#LOG#20260101#0"} {
		if _, ok, err := directory.ReadStreamChange(pk, "u", nil, &whole); ok || err != nil {
			t.Errorf("%s: %v, %v", pk, ok, err)
		}
	}
	if _, ok, err := directory.ReadStreamChange("T#acme#USER", "u", &whole, nil); ok || err != nil {
		t.Errorf("what is gone: %v, %v", ok, err)
	}
}
