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

// cast is who takes part in the death of a function: a team of ann, who has an
// account, and bob, who is a user; cid is another user.
type cast struct {
	round         int64
	team          directory.Team
	ann, bob, cid scim.ID
}

// A function dies at calls to DynamoDB that an operation on teams makes, before the
// call or before its answer: at every call with -long. What it leaves is found whole or
// absent after the next writer has done its part, and is finished then.
func TestDeathAmongTeams(t *testing.T) {
	if testing.Short() {
		t.Skip("one function at a time: nothing for the race detector")
	}
	for name, o := range teamOperations {
		for _, lost := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, answer lost %t", name, lost), func(t *testing.T) {
				now := time.Now()
				b := newBench(t, nil, func(options *directory.Options) { options.Now = func() time.Time { return now } })
				users, survived := 0, false
				first, step := deaths(lost)
				for n := first; !survived; n += step {
					c := b.cast(n)
					victim, ctx := b.mortal(n, lost)
					err := o.do(victim, ctx, c)
					if n%2 == 0 {
						b.nextOperator(c)
					} else {
						b.noticeAll(c)
						now = now.Add(time.Minute)
						b.sweep()
					}
					got := b.scene(c)
					if got != o.after && (err == nil || got != everybody) {
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

const everybody = "old: ann bob"

var teamOperations = map[string]struct {
	do    func(*bench, context.Context, cast) error
	after string
}{
	"create": {func(b *bench, ctx context.Context, c cast) error {
		return second(b.acme.Teams().Create(ctx, fmt.Sprint("made", c.round)))
	}, everybody + "; made"},
	"join": {func(b *bench, ctx context.Context, c cast) error {
		return join(ctx, b.acme, c.team.ID, []scim.ID{c.ann, c.cid})
	}, "old: ann bob cid"},
	"leave": {func(b *bench, ctx context.Context, c cast) error {
		return part(ctx, b.acme, c.team.ID, []scim.ID{c.ann})
	}, "old: bob"},
	"rename": {func(b *bench, ctx context.Context, c cast) error {
		return second(b.acme.Teams().Rename(ctx, c.team.ID, nil, fmt.Sprint("new", c.round)))
	}, "new: ann bob"},
	"delete team": {func(b *bench, ctx context.Context, c cast) error {
		return b.acme.Teams().Delete(ctx, c.team.ID, nil)
	}, "no team"},
	"delete user": {func(b *bench, ctx context.Context, c cast) error {
		return b.acme.Users().Delete(ctx, c.bob, nil)
	}, "old: ann; no bob"},
	"delete account": {func(b *bench, ctx context.Context, c cast) error {
		return b.dir.Accounts().Delete(ctx, c.ann, nil)
	}, "old: bob; no ann"},
}

func (b *bench) cast(n int64) cast {
	b.Helper()
	c := cast{round: n, ann: b.account(fmt.Sprint("ann", n)).ID, bob: b.create(fmt.Sprint("bob", n), "").ID, cid: b.create(fmt.Sprint("cid", n), "").ID}
	c.team = b.team(fmt.Sprint("old", n), c.ann, c.bob)
	return c
}

// scene describes the team and who is there.
func (b *bench) scene(c cast) string {
	b.Helper()
	round := fmt.Sprint(c.round)
	text := "no team"
	if team, err := b.acme.Teams().Get(b.Context(), c.team.ID); err == nil {
		text = strings.TrimSuffix(team.Name(), round) + ":"
		for _, m := range b.in(c.team.ID) {
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

// nextOperator takes the names of what seems to have gone.
func (b *bench) nextOperator(c cast) {
	b.Helper()
	gone := func(err error) bool { return errors.Is(err, directory.ErrNotFound) }
	if gone(second(b.acme.Teams().Get(b.Context(), c.team.ID))) {
		b.group(c.team.Name())
	}
	if gone(second(b.acme.Users().Get(b.Context(), c.bob))) {
		b.account(fmt.Sprint("bob", c.round))
	}
	if gone(second(b.dir.Accounts().Get(b.Context(), c.ann))) {
		b.account(fmt.Sprint("ann", c.round))
	}
}

// noticeAll is function changes, which hears of what happened from the stream.
func (b *bench) noticeAll(c cast) {
	b.Helper()
	for pk, id := range map[string]scim.ID{"T#acme#TEAM": c.team.ID, "T#acme#USER": c.bob, "ACCOUNT": c.ann} {
		if err := b.dir.EnqueueUnfinished(b.Context(), pk, string(id)); err != nil {
			b.Fatal(err)
		}
	}
}
