package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// join adds persons to a team.
func join(ctx context.Context, t *directory.Tenant, team scim.ID, persons []scim.ID) error {
	return second(t.Teams().Edit(ctx, team, directory.TeamEdit{Add: persons}))
}

// leave removes persons from a team.
func leave(ctx context.Context, t *directory.Tenant, team scim.ID, persons []scim.ID) error {
	return second(t.Teams().Edit(ctx, team, directory.TeamEdit{Remove: persons}))
}

func (b *bench) team(name string, persons ...scim.ID) directory.Team {
	b.Helper()
	team, err := b.acme.Teams().Create(b.Context(), name)
	if err != nil {
		b.Fatalf("create team %s: %v", name, err)
	}
	if err := join(b.Context(), b.acme, team.ID, persons); err != nil {
		b.Fatalf("add to team %s: %v", name, err)
	}
	return team
}

func TestTeamLife(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	team := b.team("Tour Guides")
	b.verify(0)
	for what, read := range map[string]func() (directory.Team, error){
		"id":   func() (directory.Team, error) { return b.acme.Teams().Get(t.Context(), team.ID) },
		"name": func() (directory.Team, error) { return b.acme.Teams().ByName(t.Context(), "TOUR guides") },
	} {
		got, err := read()
		if err != nil {
			t.Fatalf("by %s: %v", what, err)
		}
		if got.ID != team.ID || got.Name() != "Tour Guides" || got.Version != 1 || !got.Created.Equal(team.Created) {
			t.Errorf("by %s: %+v", what, got)
		}
	}
	renamed, err := b.acme.Teams().Rename(t.Context(), team.ID, nil, "Guides")
	if err != nil || renamed.Name() != "Guides" || renamed.Version != 2 {
		t.Errorf("renamed %+v, %v", renamed, err)
	}
	if again, err := b.acme.Teams().Rename(t.Context(), team.ID, nil, "Guides"); err != nil || again.Version != 2 {
		t.Errorf("renamed to the same: %+v, %v", again, err)
	}
	b.verify(0)
	b.team("tour guides") // the old name is free
	if err := b.acme.Teams().Delete(t.Context(), team.ID, nil); err != nil {
		t.Fatal(err)
	}
	b.team("GUIDES")
	for what, err := range map[string]error{
		"read":           second(b.acme.Teams().Get(t.Context(), team.ID)),
		"rename":         second(b.acme.Teams().Rename(t.Context(), team.ID, nil, "x")),
		"delete":         b.acme.Teams().Delete(t.Context(), team.ID, nil),
		"join":           join(t.Context(), b.acme, team.ID, b.users(1)),
		"list":           third(b.acme.Teams().Members(t.Context(), team.ID, "", 1)),
		"invalid id":     join(t.Context(), b.acme, "a#b", nil),
		"another tenant": second(b.dir.For("globex").Teams().ByName(t.Context(), "Guides")),
	} {
		if !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", what, err)
		}
	}
	if report := Verify(t, b.table); report.Teams != 2 {
		t.Errorf("%+v", report)
	}
}

func third[A, B any](_ A, _ B, err error) error { return err }

func TestTeamVersions(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	team, never := b.team("a"), func(int64) bool { return false }
	if _, err := b.acme.Teams().Rename(t.Context(), team.ID, never, "b"); !errors.Is(err, directory.ErrVersion) {
		t.Errorf("rename: %v", err)
	}
	if err := b.acme.Teams().Delete(t.Context(), team.ID, never); !errors.Is(err, directory.ErrVersion) {
		t.Errorf("delete: %v", err)
	}
	for _, name := range []string{"", " ", "a\nb", strings.Repeat("x", 40_000)} {
		var bad *scim.Error
		if _, err := b.acme.Teams().Create(t.Context(), name); !errors.As(err, &bad) {
			t.Errorf("create %.9q: %v", name, err)
		}
		if _, err := b.acme.Teams().Rename(t.Context(), team.ID, nil, name); !errors.As(err, &bad) {
			t.Errorf("rename %.9q: %v", name, err)
		}
	}
	b.verify(0)
}

func TestTeamsAreListed(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	var all, listed []scim.ID
	for i := range 5 {
		all = append(all, b.team(fmt.Sprint(i)).ID)
	}
	b.group("g")
	for after, more := scim.ID(""), true; more; more = after != "" {
		page, next, err := b.acme.Teams().List(t.Context(), after, 2)
		if err != nil || len(page) > 2 {
			t.Fatal(len(page), err)
		}
		for _, team := range page {
			listed = append(listed, team.ID)
		}
		after = next
	}
	n, err := b.acme.Count(t.Context(), directory.TeamKind)
	if !slices.Equal(listed, sorted(all...)) || n != 5 || err != nil {
		t.Errorf("listed %v of %v, counted %d, %v", listed, all, n, err)
	}
}

// TestTeamsAndGroupsShareNames: the groups and teams of a tenant share one namespace. The
// error of a write that fails names the holder.
func TestTeamsAndGroupsShareNames(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	team, g := b.team("Crew"), b.group("Pilots")
	other, another := b.team("other"), b.group("another")
	rename := func(g scim.ID, name string) error {
		edit := func(*directory.Draft) (directory.Edit, error) {
			return directory.Edit{Doc: group(name, "")}, nil
		}
		return second(b.acme.Groups().Change(t.Context(), g, nil, nil, edit))
	}
	createGroup := func(name string) error {
		return second(b.acme.Groups().Create(t.Context(), group(name, ""), directory.MemberEdit{}))
	}
	createTeam := func(name string) error { return second(b.acme.Teams().Create(t.Context(), name)) }
	for what, tt := range map[string]struct {
		err    error
		holder directory.Kind
		id     scim.ID
	}{
		"create group with a team's name": {createGroup("CREW"), directory.TeamKind, team.ID},
		"rename group to a team's name":   {rename(another.ID, "crew"), directory.TeamKind, team.ID},
		"create team with a group's name": {createTeam("pilots"), directory.GroupKind, g.ID},
		"rename team to a group's name": {
			second(b.acme.Teams().Rename(t.Context(), other.ID, nil, "PILOTS")), directory.GroupKind, g.ID,
		},
		"create team with a team's name": {createTeam("crew"), directory.TeamKind, team.ID},
	} {
		v := takenValues(t, tt.err)
		if len(v) != 1 || v[0].Attribute != "displayName" || v[0].Holder != tt.holder || v[0].ID != tt.id {
			t.Errorf("%s: %+v", what, v)
		}
	}
	if _, err := b.dir.For("globex").Teams().Create(t.Context(), "Crew"); err != nil {
		t.Errorf("in another tenant: %v", err)
	}
	if _, err := b.acme.Teams().ByName(t.Context(), "Pilots"); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the team with the name of a group: %v, want ErrNotFound", err)
	}
	b.verify(0)
}

// TestTeamsAreNotGroups: the methods for groups do not see teams.
func TestTeamsAreNotGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ann := b.create("ann", "").ID
	team, g := b.team("Crew", ann), b.group("Pilots")
	for what, err := range map[string]error{
		"read":   second(b.acme.Groups().Get(t.Context(), team.ID)),
		"delete": b.acme.Groups().Delete(t.Context(), team.ID, nil),
		"change": second(b.edit(t.Context(), team.ID, directory.MemberEdit{Remove: []scim.ID{ann}})),
	} {
		if !errors.Is(err, directory.ErrNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	err := second(b.edit(t.Context(), g.ID, directory.MemberEdit{Add: members(team.ID)}))
	if _, unknown := errors.AsType[*directory.UnknownMembersError](err); !unknown {
		t.Errorf("adding a team to a group: %v", err)
	}
	found, err := b.acme.Groups().ByName(t.Context(), "Crew")
	among, err2 := b.acme.Groups().MembersAmong(t.Context(), []directory.Resource{team.Resource}, []scim.ID{ann})
	_, groups, err3 := b.acme.Users().GetWithGroups(t.Context(), ann)
	ids, err4 := b.acme.Groups().IDsOf(t.Context(), ann, "", 0)
	users, err5 := b.acme.Groups().UserIDs(t.Context(), team.ID, "", 0)
	if err := errors.Join(err, err2, err3, err4, err5); err != nil {
		t.Fatal(err)
	}
	if len(found)+len(among)+len(groups)+len(ids)+len(users) > 0 {
		t.Errorf("found %v, among %v, groups %v %v, users %v", found, among, groups, ids, users)
	}
	b.verify(1)
}
