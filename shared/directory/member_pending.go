package directory

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	mathrand "math/rand/v2"
	"sync/atomic"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// A change of members that is too large for one transaction is first stored as steps. One
// conditional write of the group, which names the change as pending, commits it. Then a
// transaction for each step demands that the step still exists, carries it out and deletes
// it. The steps of a change have no item in common, so they run in parallel, and any number
// of functions may work on a change. A request that meets a pending change finishes it
// before it reads or changes the group's members.
//
// A step is carried out at most once, and only while its change is committed and unfinished,
// because
//   - only the steps of a change that a group names are carried out;
//   - a change is committed only while all its steps exist, see withdraw;
//   - a step is never stored again once it is deleted, see storeSteps;
//   - the group names the change until no step is left, see clearPending; and
//   - the deletion of a group deletes the steps before the members, see removeMembers.

// maxStep is the most members that one step adds. A step that only removes members removes
// up to 48. With three actions for each new member and one for the step, a transaction
// uses 97 of 100 possible actions. One member more would make the step's item larger than
// two kilobytes.
const maxStep = 32

// stepLife is the time to live of a step. It removes the steps of changes that were never
// committed because the function died. Committed changes are finished long before:
// function changes looks for them every minute.
const stepLife = 30 * 24 * time.Hour

// operation is the addition or removal of one member.
type operation struct {
	ID      scim.ID `json:"id"`
	Kind    Kind    `json:"kind,omitempty"` // only of a member to be added
	Display string  `json:"display,omitempty"`
	Remove  bool    `json:"remove,omitempty"`
}

// inSteps commits the change and carries it out step by step. If the condition on the
// group's version does not guarantee memberKinds, the steps name all members of the edit,
// even those that seem to need no change. executeSteps reads their memberships again, when
// nobody else can change them.
func (c *change) inSteps(ctx context.Context, guard []table.Write) error {
	id, stored, err := c.storeSteps(ctx)
	if err != nil {
		return err
	}
	more := table.Item{"pending": id, "lastPending": id, "since": scim.FormatTime(c.d.instant())}
	refused := c.d.db.Transact(
		ctx,
		func(stamp table.Stamp) []table.Write {
			return append(append(c.groupWrites(stamp, more), guard...), c.ticket(id))
		},
	)
	if table.FailedConditions(refused) != nil {
		committed, err := c.groups().withdraw(ctx, c.group, id)
		if err != nil {
			return err
		}
		if committed {
			refused = nil
		}
	}
	if refused != nil {
		return refused
	}
	return c.groups().finishSteps(ctx, c.group, id, stored)
}

// changeIDLength is the length of the id of a change, which rand.Text makes.
const changeIDLength = 26

// maxStores is how often storeSteps starts again.
const maxStores = 10

// storeSteps stores the steps under a new id of the change. It returns the id, and how many
// steps there are. If a call gets no answer, it starts again with another id: a late arrival
// of that call could otherwise store a step again that has been carried out. A step of the
// first id that arrives after all expires.
func (c *change) storeSteps(ctx context.Context) (id string, stored int, err error) {
	for n := range maxStores {
		if n > 0 && !table.Pause(ctx, n) {
			break
		}
		id = rand.Text()
		steps, err := c.steps(id)
		if err != nil {
			return "", 0, err
		}
		if err := c.d.db.WriteAllOnce(ctx, steps); !errors.Is(err, table.ErrLostAnswer) {
			return id, len(steps), err
		}
		_ = c.groups().dropSteps(ctx, c.group, id)
	}
	return "", 0, ErrUnavailable
}

// steps returns the writes that store the steps of the change.
func (c *change) steps(id string) (writes []table.Write, err error) {
	var operations []operation
	actions := 0
	expires := c.d.now().Add(stepLife).Unix()
	flush := func() {
		key := c.keys.step(c.group, id, len(writes))
		item, failed := step{key, operations}.item(expires)
		err = errors.Join(err, failed)
		writes = append(writes, table.Put(key, item))
		operations, actions = nil, 0
	}
	for _, o := range c.operations() {
		need := actionsPerAdd
		if o.Remove {
			need = actionsPerRemove
		}
		if actions+need > c.d.step*actionsPerAdd {
			flush()
		}
		operations, actions = append(operations, o), actions+need
	}
	flush()
	return writes, err
}

// step is the key of a step of a change. The first step is number 0.
func (t keys) step(group scim.ID, change string, n int) table.Key {
	return table.Key{PK: t.pending(group), SK: fmt.Sprintf("%s#%06d", change, n)}
}

func (c *change) operations() (all []operation) {
	for _, m := range c.edit.Add {
		if !c.isMember(m.ID) || !c.exact {
			all = append(all, operation{ID: m.ID, Kind: m.Kind, Display: m.Display})
		}
	}
	for _, id := range c.edit.Remove {
		if c.isMember(id) || !c.exact && ValidID(id) {
			all = append(all, operation{ID: id, Remove: true})
		}
	}
	return all
}

// finishChange carries out the steps that are left of a change that another function has
// committed. It is no error if the group is deleted meanwhile. The error is ErrUnavailable.
func (t Groups) finishChange(ctx context.Context, group scim.ID, change string) error {
	return t.finishSteps(ctx, group, change, math.MaxInt)
}

// finishSteps carries out the steps that are left of a committed change with so many steps.
// If other functions have carried out some of them, it waits until those can be read.
func (t Groups) finishSteps(ctx context.Context, group scim.ID, change string, stored int) error {
	p, own := &pace{maxSteps}, 0
	for {
		items, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.pending(group), Limit: 200}.Prefixed(change+"#"))
		if err != nil {
			return err
		}
		if len(items) == 0 {
			break
		}
		n, err := t.executeSteps(ctx, group, items, p)
		if err != nil {
			return err
		}
		own += n
	}
	if own < stored {
		if err := t.d.settle(ctx); err != nil {
			return err
		}
	}
	return t.clearPending(ctx, group, change)
}

// settle waits until a read returns all that a transaction of another function has written,
// if it returns a part. DynamoDB shows the items of a transaction to a Query one by one (its
// isolation level is read-committed), so for some milliseconds a step may be deleted while
// its edges can't be read yet. The error is ErrUnavailable.
func (d *Directory) settle(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ErrUnavailable
	case <-time.After(d.settleTime):
		return nil
	}
}

// executeSteps carries out steps, several at the same time and in random order, so that two
// functions that work on one change seldom attempt the same step. While a step exists,
// nothing else changes the memberships that it names, unless a member is deleted. So it
// reads the members' kinds once. It returns how many steps were not carried out by another
// function.
func (t Groups) executeSteps(ctx context.Context, group scim.ID, items []table.Item, p *pace) (own int, err error) {
	steps, ids := make([]step, len(items)), []scim.ID{}
	for i, item := range items {
		if steps[i], err = stepFrom(item); err != nil {
			return 0, fmt.Errorf("directory: a step of group %s: %w", group, err)
		}
		for _, o := range steps[i].operations {
			ids = append(ids, o.ID)
		}
	}
	kinds, err := t.kindsAmong(ctx, group, ids)
	if err != nil {
		return 0, err
	}
	mathrand.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	var done atomic.Int64
	err = p.run(ctx, steps, func(ctx context.Context, s step) error {
		own, err := t.executeStep(ctx, group, s, kinds)
		if own {
			done.Add(1)
		}
		return err
	})
	return int(done.Load()), err
}

// step is the part of a change that one transaction carries out.
type step struct {
	key        table.Key
	operations []operation
}

func (s step) item(expires int64) (table.Item, error) {
	data, err := json.Marshal(s.operations)
	return table.Item{"members": string(data), "expires": expires}, err
}

func stepFrom(item table.Item) (step, error) {
	s := step{key: item.Key()}
	err := json.Unmarshal([]byte(item.Text("members")), &s.operations)
	return s, err
}

// executeStep carries out one step and returns true, unless it has been deleted: another
// function has carried it out, or the group is being deleted. It leaves out members that
// have been deleted since the change was committed.
func (t Groups) executeStep(
	ctx context.Context, group scim.ID, s step, kinds map[scim.ID]Kind,
) (own bool, err error) {
	gone := map[table.Key]bool{}
	for range 1 + len(s.operations) {
		writes := append(
			[]table.Write{table.Delete(s.key).WithCondition("attribute_exists(PK)", nil)},
			t.stepWrites(group, s, kinds, gone)...,
		)
		err := t.d.db.Transact(ctx, func(table.Stamp) []table.Write { return writes })
		failed := table.FailedConditions(err)
		if failed == nil {
			return err == nil, err
		}
		if failed.At(0) != nil {
			return false, nil
		}
		for _, f := range failed.Failures {
			gone[writes[f.Index].Key] = true
		}
	}
	return false, ErrContention
}

func (t Groups) stepWrites(group scim.ID, s step, kinds map[scim.ID]Kind, gone map[table.Key]bool) (all []table.Write) {
	for _, o := range s.operations {
		kind, member := kinds[o.ID]
		switch {
		case o.Remove && member:
			all = append(all, t.removeEdges(group, Member{ID: o.ID, Kind: kind})...)
		case !o.Remove && !member && !gone[t.keys.resource(o.Kind, o.ID)]:
			all = append(all, t.addEdges(group, Member{o.ID, o.Kind, o.Display})...)
		}
	}
	return all
}

// clearPending removes the id of a change that has no steps left from the group, unless
// the group is being deleted.
func (t Groups) clearPending(ctx context.Context, group scim.ID, change string) error {
	err := t.d.db.Write(ctx, func(table.Stamp) table.Write {
		set := table.Item{"modified": scim.FormatTime(t.d.instant())}
		return table.Update(t.keys.resource(GroupKind, group), set).Adding("version", 1).Dropping("pending", "since").
			WithCondition("#pending = :change AND attribute_not_exists(#deleting)", table.Item{"change": change})
	})
	return ignoreConditionFailed(err, table.FailedConditions(err))
}

// dropSteps deletes the steps of a change that was not committed, or, if change is "", all
// steps of a group that is being deleted.
func (t Groups) dropSteps(ctx context.Context, group scim.ID, change string) error {
	q := table.Query{PK: t.keys.pending(group)}
	if change != "" {
		q = q.Prefixed(change + "#")
	}
	return t.d.db.DeleteRange(ctx, q, nil)
}
