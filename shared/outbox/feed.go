// Package outbox stores the events that applications consume: one feed for each tenant and
// one for the accounts. The events of a feed are numbered from 1 without gaps. Each record
// of the table's stream becomes part of at most one event, however often it is delivered.
// Events expire.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// Retention is how long an event can be read.
const Retention = 90 * 24 * time.Hour

// ErrAhead reports a position that is greater than the newest sequence of the feed.
var ErrAhead = errors.New("outbox: the position is ahead of the newest event")

// ExpiredError reports that the event after a position has expired.
type ExpiredError struct {
	// Oldest is the sequence of the oldest event that can be read. If none can, it is one
	// more than the newest sequence.
	Oldest int64
}

// Error names the oldest event.
func (e *ExpiredError) Error() string {
	return fmt.Sprintf("outbox: the event has expired; the oldest one is %d", e.Oldest)
}

// Feed is the sequence of events of one tenant, or of the accounts.
type Feed struct {
	db  *table.DB
	id  tenant.ID // "" for the accounts
	now func() time.Time
}

// New returns the feed of a tenant. The id "" stands for the accounts.
func New(db *table.DB, id tenant.ID) Feed { return Feed{db: db, id: id, now: time.Now} }

// WithClock returns the feed with another clock.
func (f Feed) WithClock(now func() time.Time) Feed {
	f.now = now
	return f
}

// Head returns the sequence of the newest event, or 0 if the feed never had one. The error
// is table.ErrUnavailable.
func (f Feed) Head(ctx context.Context) (int64, error) {
	item, err := f.db.Get(ctx, f.headKey())
	return item.Int("sequence"), err
}

// head is the item that holds the position of a feed.
type head struct {
	sequence int64     // of the newest event
	at       time.Time // when the newest event was appended
	closed   int64     // Unix seconds: records up to this second are ignored
	final    int64     // the sequence of the event that last closed the feed; 0 if none has
	erased   int64     // Unix milliseconds: when a person was last marked as erased; 0 if none was
	erasures int64     // how often persons were marked as erased; earlier versions did not count
}

func headFrom(item table.Item) head {
	h := head{
		sequence: item.Int("sequence"), closed: item.Int("closed"),
		final: item.Int("final"), erased: item.Int("erased"), erasures: item.Int("erasures"),
	}
	if item != nil {
		h.at = time.UnixMilli(item.Int("at")).UTC()
	}
	return h
}

func (h head) item() table.Item {
	item := table.Item{"sequence": h.sequence, "at": h.at.UnixMilli()}
	if h.final > 0 {
		item["closed"], item["final"] = h.closed, h.final
	}
	if h.erased > 0 {
		item["erased"] = h.erased
	}
	if h.erasures > 0 {
		item["erasures"] = h.erasures
	}
	return item
}
