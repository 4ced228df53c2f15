package table

import (
	"context"
	"errors"
	"strings"
)

// The errors of optimistic locking: a write is conditional on the item as it was read.
var (
	// ErrNotFound reports that the table has no such item.
	ErrNotFound = errors.New("table: no such item")
	// ErrItemChanged reports that an item has changed since it was read.
	ErrItemChanged = errors.New("table: the item has changed since it was read")
	// ErrContention reports that every attempt failed because the item had changed.
	ErrContention = errors.New("table: other writers keep changing the item")
)

// MaxAttempts bounds how often RetryIfChanged calls its step. With the pauses between the
// attempts, this takes ten seconds.
const MaxAttempts = 50

// RetryIfChanged calls step until it returns anything but ErrItemChanged. step reads an
// item, and writes it on condition that it has not changed since. The error is
// ErrContention when all attempts, or the time of the context, are used up.
func RetryIfChanged(ctx context.Context, step func() error) error {
	for n := range MaxAttempts {
		if n > 0 && !Pause(ctx, n) {
			break
		}
		if err := step(); !errors.Is(err, ErrItemChanged) {
			return err
		}
	}
	return ErrContention
}

// PutIfUnchanged puts an item, unless another writer has written it since it was read. read is the
// item as it was read, or nil if there was none. compared names number attributes of which every
// write of the item changes at least one. The errors are ErrItemChanged and ErrUnavailable.
func (db *DB) PutIfUnchanged(ctx context.Context, key Key, item, read Item, compared ...string) error {
	condition, values := "attribute_not_exists(PK)", Item{}
	if read != nil {
		terms := make([]string, len(compared))
		for i, name := range compared {
			terms[i], values[name] = "#"+name+" = :"+name, read.Int(name)
		}
		condition = strings.Join(terms, " AND ")
	}
	write := Put(key, item).WithCondition(condition, values)
	err := db.Write(ctx, func(Stamp) Write { return write })
	if FailedConditions(err) != nil {
		return ErrItemChanged
	}
	return err
}

// FailedConditions returns the conditions that failed, or nil if err is anything else.
func FailedConditions(err error) *ConditionFailed {
	var failed *ConditionFailed
	errors.As(err, &failed)
	return failed
}
