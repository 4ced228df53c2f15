package directory_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// teamConflict makes a team with members, and the conflict of a group that asks for its name.
func (b *bench) teamConflict(persons ...scim.ID) (directory.Team, directory.ConflictID) {
	b.Helper()
	team, err := b.acme.Teams().Create(b.Context(), "Staff")
	if err == nil && len(persons) > 0 {
		err = join(b.Context(), b.acme, team.ID, persons)
	}
	if err != nil {
		b.Fatal(err)
	}
	if team, err = b.acme.Teams().Get(b.Context(), team.ID); err != nil {
		b.Fatal(err)
	}
	_, err = b.acme.Groups().Create(b.Context(), group("STAFF", "g1"), directory.MemberEdit{})
	ids := b.recordConflicts(b.acme, err)
	if c := b.conflict(ids[0]); c.HolderKind("acme") != "team" || c.Holder.ID != team.ID {
		b.Fatalf("the conflict is %+v", c)
	}
	return team, ids[0]
}

func TestConnectTeam(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	a, u, v := b.account("ann", "ann@example.com"), b.create("bob", ""), b.create("carl", "")
	team, id := b.teamConflict(a.ID, u.ID)
	c, err := b.acme.Conflicts().Approve(t.Context(), id, "op", "")
	if err != nil || c.State != directory.ConflictApproved {
		t.Fatalf("approved %+v, %v", c, err)
	}
	out, err := b.acme.Groups().Create(t.Context(), group("STAFF", "g1"), directory.MemberEdit{Add: members(v.ID)})
	if err != nil || out.Group.ID != team.ID || !out.Group.Created.Equal(team.Created) {
		t.Fatalf("connected %+v, %v", out, err)
	}
	b.state(id, directory.ConflictClosed)
	b.has(team.ID, v.ID)
	if _, err := b.acme.Teams().Get(t.Context(), team.ID); !errors.Is(err, directory.ErrNotFound) {
		t.Errorf("the team is still there: %v", err)
	}
	if teams, err := b.dir.TeamsOf(t.Context(), a.ID); err != nil || len(teams) != 0 {
		t.Errorf("the account is in %v, %v", teams, err)
	}
	found, err := b.acme.Groups().ByName(t.Context(), "staff")
	if err != nil || len(found) != 1 || found[0].ID != team.ID {
		t.Errorf("by name: %v, %v", found, err)
	}
	b.verify(2)
	if err := b.acme.Groups().Delete(t.Context(), team.ID, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := b.acme.Teams().Create(t.Context(), "staff"); err != nil {
		t.Errorf("the name of the deleted group: %v", err)
	}
	b.verify(2)
}

func TestReleaseTeam(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	team, id := b.teamConflict()
	release := func(with directory.Replacement) (directory.Conflict, error) {
		return b.acme.Conflicts().Release(t.Context(), id, with)
	}
	if _, err := release(directory.Replacement{}); !refusedFor(err, "needs a name") {
		t.Errorf("without a name: %v", err)
	}
	c, err := release(directory.Replacement{DisplayName: "Staff (local)"})
	if err != nil || c.State != directory.ConflictFreed {
		t.Fatalf("released %+v, %v", c, err)
	}
	out, err := b.acme.Groups().Create(t.Context(), group("STAFF", "g1"), directory.MemberEdit{})
	if err != nil || out.Group.ID == team.ID {
		t.Errorf("the group is %+v, %v", out, err)
	}
	b.verify(0)
}

// TestApprovalOfChangedTeam: a team that changed after the approval is not connected. After
// the team's deletion, the provider can create the group.
func TestApprovalOfChangedTeam(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	team, id := b.teamConflict()
	if _, err := b.acme.Conflicts().Approve(t.Context(), id, "op", ""); err != nil {
		t.Fatal(err)
	}
	if err := join(t.Context(), b.acme, team.ID, []scim.ID{b.account("ann").ID}); err != nil {
		t.Fatal(err)
	}
	_, err := b.acme.Groups().Create(t.Context(), group("staff", ""), directory.MemberEdit{})
	b.recordConflicts(b.acme, err)
	if c := b.conflict(id); c.State != directory.ConflictOpen || !strings.Contains(c.Outcome, "team was changed") {
		t.Errorf("the conflict is %s: %s", c.State, c.Outcome)
	}
	c, err := b.acme.Conflicts().DeleteHolder(t.Context(), id, b.conflict(id).Holder.ID)
	if err != nil || c.State != directory.ConflictFreed {
		t.Errorf("deleted %+v, %v", c, err)
	}
	if _, err := b.acme.Groups().Create(t.Context(), group("staff", ""), directory.MemberEdit{}); err != nil {
		t.Error(err)
	}
	b.verify(0)
}

// TestTeamConnectionRaces: a team is changed while it becomes the provider's group. The
// outcome is either the group or the team, with its own members only.
func TestTeamConnectionRaces(t *testing.T) {
	t.Parallel()
	for what, other := range map[string]func(b *bench, team scim.ID, person scim.ID) error{
		"join": func(b *bench, team, person scim.ID) error {
			return join(b.Context(), b.acme, team, []scim.ID{person})
		},
		"rename": func(b *bench, team, _ scim.ID) error {
			_, err := b.acme.Teams().Rename(b.Context(), team, nil, "others")
			return err
		},
		"delete": func(b *bench, team, _ scim.ID) error { return b.acme.Teams().Delete(b.Context(), team, nil) },
	} {
		for name, wrap := range modes {
			t.Run(what+" "+name, func(t *testing.T) {
				b := newBench(t, wrap)
				u, v := b.create("bob", ""), b.create("carl", "")
				team, id := b.teamConflict(u.ID)
				if _, err := b.acme.Conflicts().Approve(t.Context(), id, "op", ""); err != nil {
					t.Fatal(err)
				}
				push := func() error {
					edit := directory.MemberEdit{Add: members(v.ID)}
					return second(b.acme.Groups().Create(t.Context(), group("Staff", "g1"), edit))
				}
				race(t, push, func() error { return other(b, team.ID, u.ID) }, push)
				_, err := b.acme.Teams().Get(t.Context(), team.ID)
				if _, both := b.acme.Groups().Get(t.Context(), team.ID); both == nil && err == nil {
					t.Error("a group and a team have the same id")
				}
				b.verify(2)
			})
		}
	}
}

// TestCrashDuringTeamConnection: a function that dies while it connects a team leaves either
// the team or the group, and the next request completes the connection.
func TestCrashDuringTeamConnection(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one function at a time: nothing for the race detector")
	}
	for _, lost := range []bool{false, true} {
		n, step := deaths(lost)
		for survived := false; !survived; n += step {
			now := time.Now()
			b := newBench(t, nil, at(&now))
			u, v := b.create("bob", ""), b.create("carl", "")
			team, id := b.teamConflict(u.ID)
			if _, err := b.acme.Conflicts().Approve(t.Context(), id, "op", ""); err != nil {
				t.Fatal(err)
			}
			mortal, ctx := b.mortal(n, lost)
			staff, edit := group("Staff", "g1"), directory.MemberEdit{Add: members(v.ID)}
			_, err := mortal.acme.Groups().Create(ctx, staff, edit)
			survived = ctx.Err() == nil
			again, againErr := b.acme.Groups().Create(t.Context(), staff, edit)
			connected := err == nil || taken(againErr) != nil
			if !connected && (againErr != nil || again.Group.ID != team.ID) {
				t.Errorf("crash at call %d: %v, then %+v, %v", n, err, again, againErr)
			}
			now = now.Add(time.Minute)
			if err := b.dir.EnqueueUnfinished(t.Context(), "T#acme#TEAM", string(team.ID)); err != nil {
				t.Fatal(err)
			}
			b.has(team.ID, v.ID)
			b.verify(2)
		}
	}
}
