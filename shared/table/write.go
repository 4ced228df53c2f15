package table

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Stamp identifies one logical write, however often it is sent. A single write has no
// idempotency token. Its caller stores the stamp in the item instead: if an answer was
// lost and the retry fails its condition, the stamp shows that the earlier attempt was
// carried out. Attribute "writer" holds stamps separated by spaces, each either alone or
// in the form version:stamp, with the version that its write made; attribute "marker"
// holds one stamp.
type Stamp string

// stampLength gives a stamp 65 random bits, which suffices for the few stamps of one item.
const stampLength = 13

func newStamp() Stamp { return Stamp(rand.Text()[:stampLength]) }

// On reports whether an item carries the stamp.
func (s Stamp) On(item Item) bool {
	isOurs := func(entry string) bool { return entry == string(s) || strings.HasSuffix(entry, ":"+string(s)) }
	return item.Text("marker") == string(s) || slices.ContainsFunc(strings.Fields(item.Text("writer")), isOurs)
}

// Write is one action on one item. In the expression Condition, #name stands for the
// attribute of that name and :name for the value of that name in Values. An empty
// Condition always holds.
type Write struct {
	op        operation
	Key       Key
	Set       Item             // Put: the whole item; Update: the attributes to set
	Add       map[string]int64 // Update: the numbers to add to attributes
	Drop      []string         // Update: the attributes to remove
	Condition string
	Values    Item

	returnNew bool // Update: return the item after the write
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

// Check makes an action of a transaction that writes nothing, and only requires that a
// condition on an item holds.
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
	// Lost is set if an earlier attempt of a single write got no answer, and its stamp is
	// not in the item now: the attempt was not carried out, or later writes have removed
	// its stamp. Lost is that stamp, and "" in all other cases.
	Lost Stamp
}

// Failure is one failed condition.
type Failure struct {
	Index int  // of the write in the transaction
	Item  Item // at the time of the check; nil if there was none
}

// Error says that a condition failed.
func (e *ConditionFailed) Error() string { return "table: a condition failed" }

// At returns the failure of the write at index, or nil if its condition held.
func (e *ConditionFailed) At(index int) *Failure {
	for i := range e.Failures {
		if e.Failures[i].Index == index {
			return &e.Failures[i]
		}
	}
	return nil
}

// Transact carries out up to 100 writes to different items atomically
// (TransactWriteItems). build makes the writes. It is called again, with the same stamp,
// for each attempt after one that wrote nothing, so that it can choose another counter
// shard. Once the outcome of an attempt is unknown, all further attempts repeat its input
// and idempotency token, by which DynamoDB recognizes a transaction that it has carried
// out. The errors are *ConditionFailed, whose Lost is "", and ErrUnavailable. After a
// *ConditionFailed, an earlier attempt that got no answer may still be carried out.
func (db *DB) Transact(ctx context.Context, build func(Stamp) []Write) error {
	_, _, err := db.transact(ctx, newStamp(), build, nil)
	return err
}

// Change is like Transact, but it sends a single write as Write does, at half the cost.
// check, which may be nil, is called before a transaction that wrote nothing is repeated. If
// check returns an error, Change returns that error and does not repeat the transaction: a
// request that another one has beaten to a claim need not compete for the items again. After a
// *ConditionFailed, no attempt of a transaction is carried out any more.
func (db *DB) Change(ctx context.Context, build func(Stamp) []Write, check func(context.Context) error) error {
	stamp := newStamp()
	writes := build(stamp)
	if len(writes) == 1 {
		_, err := db.sendWrite(ctx, stamp, writes[0])
		return err
	}
	in, uncertain, err := db.transact(ctx, stamp, build, check)
	if uncertain && FailedConditions(err) != nil {
		return db.useUpToken(ctx, in, writes[0].Key.PK, err)
	}
	return err
}

// transact also returns the input that it sent last, and whether an attempt of it got no answer.
func (db *DB) transact(
	ctx context.Context, stamp Stamp, build func(Stamp) []Write, check func(context.Context) error,
) (in *dynamodb.TransactWriteItemsInput, uncertain bool, err error) {
	in = db.transaction(build(stamp))
	err = db.retry(ctx, func(ctx context.Context, before outcome) error {
		if uncertain = uncertain || before == unknown; before == notApplied && !uncertain {
			if check != nil {
				if err := check(ctx); err != nil {
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
	return in, uncertain, asConditionFailed(err)
}

// Write carries out one conditional write. The errors are *ConditionFailed and ErrUnavailable.
func (db *DB) Write(ctx context.Context, build func(Stamp) Write) error {
	stamp := newStamp()
	_, err := db.sendWrite(ctx, stamp, build(stamp))
	return err
}

// WriteReturning is Write for an update. It also returns the whole item as it is after the update.
func (db *DB) WriteReturning(ctx context.Context, build func(Stamp) Write) (Item, error) {
	stamp := newStamp()
	w := build(stamp)
	w.returnNew = true
	return db.sendWrite(ctx, stamp, w)
}

// sendWrite sends one write. If an attempt got no answer and the next one fails its
// condition, the stamp in the item shows whether the first had been carried out.
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
	if current := failed.Failures[0].Item; stamp.On(current) {
		return current, nil
	}
	failed.Lost = stamp
	return nil, err
}

// asConditionFailed turns the SDK's errors for failed conditions into *ConditionFailed,
// and unwraps the error of a caller that gave up.
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
