package directory_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/charge"
)

// teamMembers reads the members of a team page by page, each as kind:name.
func (b *bench) teamMembers(team scim.ID) (all []string) {
	b.Helper()
	for after, more := scim.ID(""), true; more; more = after != "" {
		page, next, err := b.acme.Teams().Members(b.Context(), team, after, 2)
		if err != nil {
			b.Fatal(err)
		}
		for _, m := range page {
			all = append(all, string(m.Kind)+":"+m.Name)
		}
		after = next
	}
	slices.Sort(all)
	return all
}

func (b *bench) wantTeam(team scim.ID, want ...string) {
	b.Helper()
	if got := b.teamMembers(team); !slices.Equal(got, want) {
		b.Errorf("the team has %q, want %q", got, want)
	}
}

// becomeUser moves an account to a tenant. As in a connection, the person keeps the id and
// the teams.
func (b *bench) becomeUser(id scim.ID, of tenant.ID) {
	b.Helper()
	b.move(table.Key{PK: "ACCOUNT", SK: string(id)}, of)
}

// move moves an account or a user to a tenant, and adjusts the counts. It keeps the teams
// that the person joins meanwhile.
func (b *bench) move(from table.Key, to tenant.ID) {
	b.Helper()
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(b), Client: &http.Client{}})
	if err != nil {
		b.Fatal(err)
	}
	counter := "COUNT#ACCOUNT"
	if tenant, ok := strings.CutSuffix(from.PK, "USER"); ok {
		counter = tenant + "COUNT#USER"
	}
	for moved := false; !moved; {
		item, err := db.Get(b.Context(), from)
		if err != nil {
			b.Fatal(err)
		}
		same, values := "attribute_not_exists(#teams)", table.Item{}
		if teams := item.Text("teams"); teams != "" {
			same, values = "#teams = :teams", table.Item{"teams": teams}
		}
		delete(item, "PK")
		delete(item, "SK")
		in := "T#" + string(to) + "#"
		err = db.Transact(b.Context(), func(table.Stamp) []table.Write {
			return []table.Write{
				table.Delete(from).WithCondition(same, values),
				table.Put(table.Key{PK: in + "USER", SK: from.SK}, item),
				table.Update(table.Key{PK: counter, SK: "00"}, nil).Adding("n", -1),
				table.Update(table.Key{PK: in + "COUNT#USER", SK: "00"}, nil).Adding("n", 1),
			}
		})
		var joined *table.ConditionFailed
		if err != nil && !errors.As(err, &joined) {
			b.Fatal(err)
		}
		moved = err == nil
	}
}

func TestTeamMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ann, bob, cid := b.create("ann", "").ID, b.account("bob").ID, b.account("cid").ID
	team := b.team("Crew", ann, bob, cid, bob)
	b.wantTeam(team.ID, "Account:bob", "Account:cid", "User:ann")
	b.verify(1)
	before, _ := b.acme.Teams().Get(t.Context(), team.ID)
	for what, err := range map[string]error{
		"add":    join(t.Context(), b.acme, team.ID, []scim.ID{ann, bob}),
		"remove": leave(t.Context(), b.acme, team.ID, []scim.ID{"nobody", "", "a#b"}),
	} {
		after, _ := b.acme.Teams().Get(t.Context(), team.ID)
		if err != nil || after.Version != before.Version || before.Version != 2 {
			t.Errorf("%s without effect: %v, version %d", what, err, after.Version)
		}
	}
	b.becomeUser(bob, "acme")
	b.becomeUser(cid, "globex")
	b.wantTeam(team.ID, ":", "User:ann", "User:bob")
	if err := join(t.Context(), b.acme, team.ID, []scim.ID{cid}); err != nil { // still a member
		t.Error(err)
	}
	if u, err := b.acme.Users().Get(t.Context(), ann); err != nil || u.Version != 1 {
		t.Errorf("a join changed the user's version to %d, %v", u.Version, err)
	}
	edit := directory.TeamEdit{Add: []scim.ID{ann}, Remove: []scim.ID{bob, cid}}
	if err := second(b.acme.Teams().Edit(t.Context(), team.ID, edit)); err != nil {
		t.Error(err)
	}
	b.wantTeam(team.ID, "User:ann")
	b.verify(3)
}

func TestUnknownTeamMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ann, team := b.create("ann", "").ID, b.team("Crew")
	foreign, err := b.dir.For("globex").Users().Create(t.Context(), user("bob", ""))
	if err != nil {
		t.Fatal(err)
	}
	deleted := b.account("cid").ID
	if err := b.dir.Accounts().Delete(t.Context(), deleted, nil); err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]scim.ID{
		"user of another tenant": foreign.ID,
		"deleted account":        deleted,
		"the team itself":        team.ID,
		"another team":           b.team("other").ID,
		"group":                  b.group("g").ID,
		"unknown id":             "nobody",
		"empty id":               "",
		"invalid id":             "a#b",
	} {
		err := join(t.Context(), b.acme, team.ID, []scim.ID{ann, id})
		unknown, ok := errors.AsType[*directory.UnknownMembersError](err)
		if !ok || !slices.Equal(unknown.IDs, []scim.ID{id}) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.wantTeam(team.ID)
	b.verify(2)
}

// TestTeamsOfAPerson: TeamsOf reads a person's teams in all tenants. Deleting the person
// removes all memberships, even if they exceed one transaction.
func TestTeamsOfAPerson(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ann, bob := b.account("ann").ID, b.create("bob", "").ID
	team := b.team("Crew", ann, bob)
	globex := b.dir.For("globex")
	foreign, err := globex.Teams().Create(t.Context(), "Crew")
	if err == nil {
		err = join(t.Context(), globex, foreign.ID, []scim.ID{ann})
	}
	if err != nil {
		t.Fatal(err)
	}
	want := []directory.TeamMembership{
		{Tenant: "acme", Team: team.ID, Name: "Crew"},
		{Tenant: "globex", Team: foreign.ID, Name: "Crew"},
	}
	if got, err := b.dir.TeamsOf(t.Context(), ann); err != nil || !slices.Equal(got, want) {
		t.Errorf("teams %+v, %v", got, err)
	}
	for i := range 70 {
		b.team(fmt.Sprint(i), bob)
	}
	if err := b.dir.Accounts().Delete(t.Context(), ann, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.acme.Users().Delete(t.Context(), bob, nil); err != nil {
		t.Fatal(err)
	}
	for _, id := range []scim.ID{ann, bob, "nobody", "a#b"} {
		if got, err := b.dir.TeamsOf(t.Context(), id); err != nil || len(got) > 0 {
			t.Errorf("%d teams left, %v", len(got), err)
		}
	}
	b.wantTeam(team.ID)
	b.verify(0)
}

// TestConnectedTeamKeepsNoName: the name of a team that has become a group belongs to the
// group. Deleting the rest of the team does not free it.
func TestConnectedTeamKeepsNoName(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	team := b.team("Crew", b.users(3)...)
	db, err := table.Open(table.Options{Name: b.table, Endpoint: testkit.Endpoint(t), Client: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	claim := table.Key{PK: "T#acme#LOOKUP#GROUP#displayName#crew", SK: "CLAIM"}
	mark := table.Item{"deleting": "2020-01-01T00:00:00Z", "connected": "a group"}
	err = errors.Join(
		db.Write(t.Context(), func(table.Stamp) table.Write {
			return table.Update(claim, table.Item{"owner": "a group", "kind": "group"})
		}),
		db.Write(t.Context(), func(table.Stamp) table.Write {
			return table.Update(table.Key{PK: "T#acme#TEAM", SK: string(team.ID)}, mark)
		}),
		b.dir.EnqueueUnfinished(t.Context(), "T#acme#TEAM", string(team.ID)))
	if err != nil {
		t.Fatal(err)
	}
	if item, err := db.Get(t.Context(), claim); err != nil || item.Text("owner") != "a group" {
		t.Errorf("the name belongs to %v, %v", item, err)
	}
	if n, err := b.acme.Count(t.Context(), directory.TeamKind); err != nil || n != 0 {
		t.Errorf("%d teams, %v", n, err)
	}
	if err := db.Write(t.Context(), func(table.Stamp) table.Write { return table.Delete(claim) }); err != nil {
		t.Fatal(err)
	}
	b.verify(3)
}

func TestTeamCapacity(t *testing.T) {
	t.Parallel()
	b := newBench(t, charge.Transactions)
	ids := append(b.users(20), b.account("ann").ID)
	team := b.team("Crew")
	for _, tt := range []struct {
		what  string
		do    func(context.Context) error
		calls int
	}{
		{"create", func(ctx context.Context) error { return second(b.acme.Teams().Create(ctx, "other")) }, 1},
		{"add", func(ctx context.Context) error { return join(ctx, b.acme, team.ID, ids) }, 2},
		{"add again", func(ctx context.Context) error { return join(ctx, b.acme, team.ID, ids) }, 1},
		{"members", func(ctx context.Context) error { return third(b.acme.Teams().Members(ctx, team.ID, "", 100)) }, 3},
		{"teams of", func(ctx context.Context) error { return second(b.dir.TeamsOf(ctx, ids[0])) }, 2},
		{"remove", func(ctx context.Context) error { return leave(ctx, b.acme, team.ID, ids) }, 2},
		{"rename", func(ctx context.Context) error { return second(b.acme.Teams().Rename(ctx, team.ID, nil, "x")) }, 2},
	} {
		ctx, meter := table.WithMeter(t.Context())
		if err := tt.do(ctx); err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		if got := meter.Usage(); got.Calls != tt.calls {
			t.Errorf("%s used %+v, want %d calls", tt.what, got, tt.calls)
		}
	}
}
