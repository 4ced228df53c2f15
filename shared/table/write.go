package table

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Stamp identifies one logical write, however often it is sent. A plain write has no
// idempotency token: its caller stores the stamp on the item, so that an attempt that
// is refused after a lost answer can tell whether an earlier one was carried out.
// Attribute "writer" holds stamps separated by blanks, each alone or behind the version
// that its write left and a colon; attribute "marker" holds one stamp.
type Stamp string

// stampLength makes 65 random bits: enough among the few stamps of one item.
const stampLength = 13

func newStamp() Stamp { return Stamp(rand.Text()[:stampLength]) }

// On reports whether an item carries the stamp.
func (s Stamp) On(item Item) bool {
	return item.Text("marker") == string(s) || slices.ContainsFunc(strings.Fields(item.Text("writer")), func(entry string) bool {
		return entry == string(s) || strings.HasSuffix(entry, ":"+string(s))
	})
}

// Write is one action on one item. If is a condition expression in which #name
// stands for the attribute of that name and :name for the value of that name in
// Values; empty means always.
type Write struct {
	op        operation
	Key       Key
	Set       Item             // Put: the whole item; Update: the attributes to set
	Add       map[string]int64 // Update: the numbers to add to attributes
	Drop      []string         // Update: the attributes to remove
	Condition string
	Values    Item

	returnNew bool // Update: the item as it stands then
}

type operation uint8

const (
	put operation = iota
	update
	remove
	check
)

// Put makes a write that creates or replaces an item.
func Put(key Key, item Item) Write { return Write{op: put, Key: key, Set: item} }

// Update makes a write that sets attributes of an item and creates it if needed.
func Update(key Key, set Item) Write { return Write{op: update, Key: key, Set: set} }

// Delete makes a write that removes an item.
func Delete(key Key) Write { return Write{op: remove, Key: key} }

// Check makes an action of a transaction that writes nothing and only demands a
// condition on an item.
func Check(key Key, condition string, values Item) Write {
	return Write{op: check, Key: key}.WithCondition(condition, values)
}

// WithCondition returns w with a condition.
func (w Write) WithCondition(condition string, values Item) Write {
	w.Condition, w.Values = condition, values
	return w
}

// Adding returns the update w with a number to add to an attribute.
func (w Write) Adding(name string, n int64) Write {
	w.Add = map[string]int64{name: n}
	return w
}

// Dropping returns the update w with attributes to remove.
func (w Write) Dropping(names ...string) Write {
	w.Drop = names
	return w
}

// ConditionFailed is the error of a write or transaction whose conditions did
// not hold. Nothing was written, unless Lost is set.
type ConditionFailed struct {
	Failures []Failure
	// Lost is the stamp of a plain write that got no answer at an earlier attempt and
	// whose stamp is not on the item now: it was not carried out, or later writes
	// removed the stamp. It is "" in all other cases.
	Lost Stamp
}

// Failure is one failed condition.
type Failure struct {
	Index int  // of the write in the transaction
	Item  Item // as it stood; nil where there is none
}

// Error says how many conditions failed.
func (e *ConditionFailed) Error() string { return "table: a condition failed" }

// At returns the failure of the write at index, nil if its condition held.
func (e *ConditionFailed) At(index int) *Failure {
	for i := range e.Failures {
		if e.Failures[i].Index == index {
			return &e.Failures[i]
		}
	}
	return nil
}

// Transact carries out up to 100 writes to different items at once or not at
// all (TransactWriteItems). build makes the writes; it is called anew for each
// attempt that follows a cancelled one, so that it may choose another counter
// shard, always with the same stamp. Once an attempt's outcome is unknown, all
// that follow repeat its input and token: only so does DynamoDB tell that it was
// carried out. The errors are *ConditionFailed, whose Lost is "", and ErrUnavailable.
func (db *DB) Transact(ctx context.Context, build func(Stamp) []Write) error {
	return db.transact(ctx, newStamp(), build, nil)
}

// Change is Transact at half the cost where build makes a single write: that is sent
// as Write does it. Before it repeats a cancelled transaction it asks lost, unless
// that is nil, and gives up with the error that lost returns: a request that has lost
// a claim already need not contend for the items again.
func (db *DB) Change(ctx context.Context, build func(Stamp) []Write, lost func(context.Context) error) error {
	stamp := newStamp()
	if writes := build(stamp); len(writes) == 1 {
		_, err := db.sendWrite(ctx, stamp, writes[0])
		return err
	}
	return db.transact(ctx, stamp, build, lost)
}

func (db *DB) transact(
	ctx context.Context, stamp Stamp, build func(Stamp) []Write, lost func(context.Context) error,
) error {
	in, uncertain := db.transaction(build(stamp)), false
	err := db.retry(ctx, func(ctx context.Context, before outcome) error {
		if uncertain = uncertain || before == unknown; before == notApplied && !uncertain {
			if lost != nil {
				if err := lost(ctx); err != nil {
					return abandoned{err}
				}
			}
			in = db.transaction(build(stamp))
		}
		out, err := db.client.TransactWriteItems(ctx, in)
		if err == nil {
			countWrite(ctx, out.ConsumedCapacity...)
		}
		return err
	})
	return asConditionFailed(err)
}

// Write carries out one conditional write. The errors are *ConditionFailed and
// ErrUnavailable.
func (db *DB) Write(ctx context.Context, build func(Stamp) Write) error {
	stamp := newStamp()
	_, err := db.sendWrite(ctx, stamp, build(stamp))
	return err
}

// WriteReturning is Write, and returns of an update the whole item as it stands
// then.
func (db *DB) WriteReturning(ctx context.Context, build func(Stamp) Write) (Item, error) {
	stamp := newStamp()
	w := build(stamp)
	w.returnNew = true
	return db.sendWrite(ctx, stamp, w)
}

// sendWrite sends one write. If it is refused after an attempt without an answer, the
// stamp on the item shows that this attempt had been carried out.
func (db *DB) sendWrite(ctx context.Context, stamp Stamp, w Write) (item Item, err error) {
	uncertain := false
	err = db.retry(ctx, func(ctx context.Context, before outcome) error {
		uncertain = uncertain || before == unknown
		written, consumed, err := db.sendOnce(ctx, w)
		if err == nil && consumed != nil {
			countWrite(ctx, *consumed)
		}
		item = decodeItem(written)
		return err
	})
	err = asConditionFailed(err)
	failed := FailedConditions(err)
	if failed == nil || !uncertain {
		return item, err
	}
	if stood := failed.Failures[0].Item; stamp.On(stood) {
		return stood, nil
	}
	failed.Lost = stamp
	return nil, err
}

// asConditionFailed turns the SDK's errors for failed conditions into *ConditionFailed.
func asConditionFailed(err error) error {
	failed := &ConditionFailed{}
	var cancellation *types.TransactionCanceledException
	var condition *types.ConditionalCheckFailedException
	var end abandoned
	switch {
	case err == nil, errors.Is(err, ErrUnavailable):
		return err
	case errors.As(err, &end):
		return end.error
	case errors.As(err, &cancellation):
		for i, reason := range cancellation.CancellationReasons {
			if code(reason) == "ConditionalCheckFailed" {
				failed.Failures = append(failed.Failures, Failure{i, decodeItem(reason.Item)})
			}
		}
	case errors.As(err, &condition):
		failed.Failures = []Failure{{0, decodeItem(condition.Item)}}
	}
	if len(failed.Failures) == 0 {
		return err
	}
	return failed
}
