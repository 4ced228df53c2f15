package table

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Stamp marks one logical write. The directory stores it in the attribute
// "writer" of the resource it writes; when an attempt's answer is lost, the
// stamp shows on the next one that the first had been carried out.
type Stamp string

// Write is one action on one item. If is a condition expression in which #name
// stands for the attribute of that name and :name for the value of that name in
// Values; empty means always.
type Write struct {
	op     operation
	Key    Key
	Set    Item             // Put: the whole item; Update: the attributes to set
	Add    map[string]int64 // Update: the numbers to add to attributes
	Drop   []string         // Update: the attributes to remove
	If     string
	Values Item

	returning bool // Update: the item as it stands then
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
	return Write{op: check, Key: key}.Provided(condition, values)
}

// Provided returns w with a condition.
func (w Write) Provided(condition string, values Item) Write {
	w.If, w.Values = condition, values
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
// not hold. Nothing was written.
type ConditionFailed struct{ Failures []Failure }

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
// carried out. A single write is carried out as Write does it, at half the cost.
// The errors are *ConditionFailed and ErrUnavailable.
func (db *DB) Transact(ctx context.Context, build func(Stamp) []Write) error {
	return db.TransactUnless(ctx, build, nil)
}

// TransactUnless is Transact, but asks lost before it repeats a cancelled
// transaction, and gives up with the error that lost returns: who has lost
// already need not contend for the items again.
func (db *DB) TransactUnless(ctx context.Context, build func(Stamp) []Write, lost func(context.Context) error) error {
	stamp := Stamp(rand.Text())
	writes := build(stamp)
	if len(writes) == 1 {
		_, err := db.settled(ctx, stamp, writes[0])
		return err
	}
	in, uncertain := db.transaction(writes), false
	err := db.retry(ctx, func(ctx context.Context, before verdict) error {
		if uncertain = uncertain || before == unknown; before == cancelled && !uncertain {
			if lost != nil {
				if err := lost(ctx); err != nil {
					return givenUp{err}
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
	_, err = settle(err, stamp)
	return err
}

// Write carries out one conditional write. The errors are those of Transact.
func (db *DB) Write(ctx context.Context, build func(Stamp) Write) error {
	stamp := Stamp(rand.Text())
	_, err := db.settled(ctx, stamp, build(stamp))
	return err
}

// WriteReturning is Write, and returns of an update the whole item as it stands
// then.
func (db *DB) WriteReturning(ctx context.Context, build func(Stamp) Write) (Item, error) {
	stamp := Stamp(rand.Text())
	w := build(stamp)
	w.returning = true
	return db.settled(ctx, stamp, w)
}

func (db *DB) settled(ctx context.Context, stamp Stamp, w Write) (item Item, err error) {
	err = db.retry(ctx, func(ctx context.Context, _ verdict) error {
		written, consumed, err := db.write(ctx, w)
		if err == nil && consumed != nil {
			countWrite(ctx, *consumed)
		}
		item = decodeItem(written)
		return err
	})
	ours, err := settle(err, stamp)
	if ours != nil {
		item = ours
	}
	return item, err
}

// settle turns a refusal into *ConditionFailed, unless the stamp shows that what
// stands in the way is our own write, carried out by an attempt whose answer was
// lost; then settle returns that item.
func settle(err error, stamp Stamp) (ours Item, _ error) {
	failed := &ConditionFailed{}
	var cancellation *types.TransactionCanceledException
	var condition *types.ConditionalCheckFailedException
	var end givenUp
	switch {
	case err == nil, errors.Is(err, ErrUnavailable):
		return nil, err
	case errors.As(err, &end):
		return nil, end.error
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
		return nil, err
	}
	for _, f := range failed.Failures {
		if f.Item.Text("writer") == string(stamp) {
			return f.Item, nil
		}
	}
	return nil, failed
}
