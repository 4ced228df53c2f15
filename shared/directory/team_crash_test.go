package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// teamFixture is a team with two members: ann, who has an account, and bob, who is a user.
// cid is another user.
type teamFixture struct {
	round         int64
	team          directory.Team
	ann, bob, cid scim.ID
}

// TestCrashDuringTeamOperation: a function dies at one of the calls that an operation makes,
// before the call or before the response. The operation then has happened completely or not
// at all, and the next writer or function changes completes it. -long tries every call.
func TestCrashDuringTeamOperation(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("one function at a time: nothing for the race detector")
	}
	for name, o := range teamOperations {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, response lost %t", name, lost), func(t *testing.T) {
				now := time.Now()
				b := newBench(t, nil, func(options *directory.Options) {
					options.Now = func() time.Time { return now }
				})
				users, survived := 0, false
				first, step := deaths(lost)
				for n := first; !survived; n += step {
					c := b.newTeamFixture(n)
					victim, ctx := b.mortal(n, lost)
					err := o.do(victim, ctx, c)
					if n%2 == 0 {
						b.reuseFreeNames(c)
					} else {
						b.enqueueAll(c)
						now = now.Add(time.Minute)
						b.sweep()
					}
					got := b.describe(c)
					if got != o.after && (err == nil || got != unchanged) {
						t.Fatalf("call %d: %v; %s", n, err, got)
					}
					users += 2 - strings.Count(got, "no bob") // bob and cid
					b.verify(users)
					survived = err == nil
				}
			})
		}
	}
}

const unchanged = "old: ann bob"

var teamOperations = map[string]struct {
	do    func(*bench, context.Context, teamFixture) error
	after string
}{
	"create": {func(b *bench, ctx context.Context, c teamFixture) error {
		return second(b.acme.Teams().Create(ctx, fmt.Sprint("made", c.round)))
	}, unchanged + "; made"},
	"join": {func(b *bench, ctx context.Context, c teamFixture) error {
		return join(ctx, b.acme, c.team.ID, []scim.ID{c.ann, c.cid})
	}, "old: ann bob cid"},
	"leave": {func(b *bench, ctx context.Context, c teamFixture) error {
		return leave(ctx, b.acme, c.team.ID, []scim.ID{c.ann})
	}, "old: bob"},
	"rename": {func(b *bench, ctx context.Context, c teamFixture) error {
		return second(b.acme.Teams().Rename(ctx, c.team.ID, nil, fmt.Sprint("new", c.round)))
	}, "new: ann bob"},
	"delete team": {func(b *bench, ctx context.Context, c teamFixture) error {
		return b.acme.Teams().Delete(ctx, c.team.ID, nil)
	}, "no team"},
	"delete user": {func(b *bench, ctx context.Context, c teamFixture) error {
		return b.acme.Users().Delete(ctx, c.bob, nil)
	}, "old: ann; no bob"},
	"delete account": {func(b *bench, ctx context.Context, c teamFixture) error {
		return b.dir.Accounts().Delete(ctx, c.ann, nil)
	}, "old: bob; no ann"},
}

func (b *bench) newTeamFixture(n int64) teamFixture {
	b.Helper()
	c := teamFixture{
		round: n,
		ann:   b.account(fmt.Sprint("ann", n)).ID,
		bob:   b.create(fmt.Sprint("bob", n), "").ID,
		cid:   b.create(fmt.Sprint("cid", n), "").ID,
	}
	c.team = b.team(fmt.Sprint("old", n), c.ann, c.bob)
	return c
}

// describe returns the team's name and members, and what else exists or is missing.
func (b *bench) describe(c teamFixture) string {
	b.Helper()
	round := fmt.Sprint(c.round)
	text := "no team"
	if team, err := b.acme.Teams().Get(b.Context(), c.team.ID); err == nil {
		text = strings.TrimSuffix(team.Name(), round) + ":"
		for _, m := range b.teamMembers(c.team.ID) {
			_, name, _ := strings.Cut(m, ":")
			text += " " + strings.TrimSuffix(name, round)
		}
	}
	if _, err := b.acme.Teams().ByName(b.Context(), "made"+round); err == nil {
		text += "; made"
	}
	if _, err := b.acme.Users().Get(b.Context(), c.bob); err != nil {
		text += "; no bob"
	}
	if _, err := b.dir.Accounts().Get(b.Context(), c.ann); err != nil {
		text += "; no ann"
	}
	return text
}

// reuseFreeNames creates resources with the names of the resources that no longer exist.
func (b *bench) reuseFreeNames(c teamFixture) {
	b.Helper()
	missing := func(err error) bool { return errors.Is(err, directory.ErrNotFound) }
	if missing(second(b.acme.Teams().Get(b.Context(), c.team.ID))) {
		b.group(c.team.Name())
	}
	if missing(second(b.acme.Users().Get(b.Context(), c.bob))) {
		b.account(fmt.Sprint("bob", c.round))
	}
	if missing(second(b.dir.Accounts().Get(b.Context(), c.ann))) {
		b.account(fmt.Sprint("ann", c.round))
	}
}

// enqueueAll does what function changes does when it sees the changes in the stream.
func (b *bench) enqueueAll(c teamFixture) {
	b.Helper()
	for pk, id := range map[string]scim.ID{"T#acme#TEAM": c.team.ID, "T#acme#USER": c.bob, "ACCOUNT": c.ann} {
		if err := b.dir.EnqueueUnfinished(b.Context(), pk, string(id)); err != nil {
			b.Fatal(err)
		}
	}
}
