package directory_test

import (
	"context"
	"errors"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/testkit/fault"
)

// passed lets a call through, and calls do before its sender has the answer.
func passed(do func()) fault.Fault { return fault.Then(fault.Delayed(0), do) }

// lateCommit is a change of many members whose first attempt to commit is held back, and whose
// second attempt is refused, because another change is pending then.
type lateCommit struct {
	*bench
	group directory.Group
	ids   []scim.ID // the other change adds the first six
	kept  fault.Late
	die   func() // ends the function that makes the change
}

func newLateCommit(t *testing.T, users int) *lateCommit {
	b := newBench(t, nil, steps)
	return &lateCommit{bench: b, group: b.group("g"), ids: b.users(users)}
}

// otherChange commits the other change, and carries out none of its steps.
func (c *lateCommit) otherChange() {
	afterCommit := func(n int) bool { return n > 1 }
	dying := onTable(c.T, c.table,
		scripted(fault.Rule{Operation: "TransactWriteItems", Calls: afterCommit, Fault: fault.Denied}), steps)
	edit := directory.MemberEdit{Add: members(c.ids[:6]...)}
	if _, err := dying.edit(c.Context(), c.group.ID, edit); err == nil {
		c.Error("the other change was finished")
	}
}

// finish carries out the change that is pending now.
func (c *lateCommit) finish() {
	g, err := c.acme.Groups().Get(c.Context(), c.group.ID)
	if err == nil {
		err = c.finishes(g)
	}
	if err != nil && !errors.Is(err, directory.ErrNotFound) {
		c.Error(err)
	}
}

// arrive finishes the other change and delivers the first attempt.
func (c *lateCommit) arrive() {
	c.finish()
	if n, err := c.kept.Arrive(); n != 1 || err != nil {
		c.Errorf("%d attempts arrived, %v", n, err)
	}
}

// run makes the change under further faults.
func (c *lateCommit) run(rules ...fault.Rule) error {
	held := fault.Rule{
		Operation: "TransactWriteItems", Calls: fault.Nth(1), Fault: fault.Then(c.kept.Fault, c.otherChange),
	}
	ctx, die := context.WithCancel(c.Context())
	defer die()
	c.die = die
	function := onTable(c.T, c.table, scripted(append(rules, held)...), steps)
	return second(function.edit(ctx, c.group.ID, directory.MemberEdit{Add: members(c.ids[6:]...)}))
}

// refusal calls do when the second attempt has been refused.
func refusal(do func()) fault.Rule {
	return fault.Rule{Operation: "TransactWriteItems", Calls: fault.Nth(2), Fault: passed(do)}
}

// TestLateCommit: the first attempt to commit a change arrives after the second one was refused.
// The change is carried out as a whole or not at all, and its sender learns which.
func TestLateCommit(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rule    func(c *lateCommit) fault.Rule
		want    error
		users   int
		made    bool
		version int64 // each change of many members adds two
	}{
		"before its steps are withdrawn": {
			func(c *lateCommit) fault.Rule { return refusal(c.arrive) }, nil, 12, true, 5,
		},
		"and another function carries it out": {
			func(c *lateCommit) fault.Rule { return refusal(func() { c.arrive(); c.finish() }) }, nil, 12, true, 5,
		},
		"while its steps are deleted": {func(c *lateCommit) fault.Rule {
			// Two calls have stored 26 steps, and the third deletes some of them.
			arrive := func() { c.arrive(); c.die() }
			return fault.Rule{Operation: "BatchWriteItem", Calls: fault.Nth(3), Fault: passed(arrive)}
		}, directory.ErrUnavailable, 58, false, 3},
		"after an outage of the function": {func(c *lateCommit) fault.Rule {
			arrive := fault.Then(fault.Refused, func() { c.die(); c.arrive() })
			return fault.Rule{Operation: "TransactWriteItems", Calls: fault.Nth(3), Fault: arrive}
		}, directory.ErrUnavailable, 12, true, 5},
	} {
		t.Run(name, func(t *testing.T) {
			c := newLateCommit(t, tt.users)
			if err := c.run(tt.rule(c)); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
			c.finish()
			g, err := c.acme.Groups().Get(t.Context(), c.group.ID)
			if err != nil || g.Version != tt.version {
				t.Errorf("version %d, %v; want %d", g.Version, err, tt.version)
			}
			want := c.ids[:6]
			if tt.made {
				want = c.ids
			}
			c.has(g.ID, want...)
			c.verify(len(c.ids))
		})
	}
}

// A group that is deleted before the steps are withdrawn is not found, although its deletion has
// deleted the steps.
func TestLateCommitOfADeletedGroup(t *testing.T) {
	t.Parallel()
	c := newLateCommit(t, 12)
	err := c.run(refusal(func() {
		if err := c.acme.Groups().Delete(t.Context(), c.group.ID, nil); err != nil {
			t.Error(err)
		}
	}))
	if !errors.Is(err, directory.ErrNotFound) {
		t.Error(err)
	}
	if n, err := c.kept.Arrive(); n != 1 || err != nil {
		t.Errorf("%d attempts arrived, %v", n, err)
	}
	c.verify(len(c.ids))
}

// A group is created with many members. The first attempt arrives when the second was refused for
// its name, which is free again then: the group exists, and the caller learns it.
func TestLateCommitOfANewGroup(t *testing.T) {
	t.Parallel()
	b, late := newBench(t, nil, steps), &fault.Late{}
	ids := b.users(6)
	var other directory.Group
	function := onTable(t, b.table, scripted(
		fault.Rule{
			Operation: "TransactWriteItems", Calls: fault.Nth(1),
			Fault: fault.Then(late.Fault, func() { other = b.group("crew") }),
		},
		refusal(func() {
			if err := b.acme.Groups().Delete(t.Context(), other.ID, nil); err != nil {
				t.Error(err)
			}
			if n, err := late.Arrive(); n != 1 || err != nil {
				t.Errorf("%d attempts arrived, %v", n, err)
			}
		})), steps)
	b.has(function.group("crew", ids...).ID, ids...)
	b.verify(len(ids))
}

// A small change is refused after an attempt without an answer, made again under a new token, and
// then undone by the client. The late attempt changes nothing. If it arrives before that, the
// change is made once.
func TestLateSmallChange(t *testing.T) {
	t.Parallel()
	for name, early := range map[string]bool{"before it is made again": true, "after it is undone": false} {
		t.Run(name, func(t *testing.T) {
			c := newLateCommit(t, 7)
			err := c.run(refusal(func() {
				if early {
					c.arrive()
				}
			}))
			if err != nil {
				t.Fatal(err)
			}
			g, err := c.acme.Groups().Get(t.Context(), c.group.ID)
			if err != nil || g.Version != 4 {
				t.Errorf("version %d, %v; want 4: of the group, two of the other change, and this one", g.Version, err)
			}
			if _, err := c.edit(t.Context(), c.group.ID, directory.MemberEdit{Remove: c.ids[6:]}); err != nil {
				t.Fatal(err)
			}
			if !early {
				c.arrive()
			}
			c.has(c.group.ID, c.ids[:6]...)
			c.verify(7)
		})
	}
}
