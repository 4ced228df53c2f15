package trace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// The items of this package, in the partition T#<t>#TRACE of a tenant:
//
//	<began>             a trace: when it ends, and how many requests it has stored; expires
//	<began>#<sequence>  a stored request; expires
//
// A sequence is given by a conditional update of the trace's item, so parallel functions never store
// more than MaxRequests. A function that dies, or whose write fails, leaves a gap.

// ErrEnded reports that a trace has ended, has stored MaxRequests, or does not exist.
var ErrEnded = errors.New("trace: the trace has ended")

// Store holds the stored requests of one tenant.
type Store struct {
	db     *table.DB
	tenant tenant.ID
	now    func() time.Time
}

// New returns the store of a tenant.
func New(db *table.DB, id tenant.ID, now func() time.Time) Store {
	return Store{db: db, tenant: id, now: now}
}

func (s Store) partition() string { return "T#" + string(s.tenant) + "#TRACE" }

func (s Store) key(t tenant.Trace) table.Key {
	return table.Key{PK: s.partition(), SK: scim.FormatTime(t.Began)}
}

// Begin makes the item of a trace. The error is table.ErrUnavailable.
func (s Store) Begin(ctx context.Context, t tenant.Trace) error {
	return s.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(s.key(t), table.Item{
			"n": int64(0), "until": t.End.Unix(), "expires": t.End.Add(Retention).Unix(),
		})
	})
}

// End ends a trace at once, also for functions that still believe it is on. It is idempotent. The
// error is table.ErrUnavailable.
func (s Store) End(ctx context.Context, t tenant.Trace) error {
	err := s.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Update(s.key(t), table.Item{"until": int64(0)}).WithCondition("attribute_exists(PK)", nil)
	})
	if table.FailedConditions(err) != nil { // the tenant's traces were deleted
		return nil
	}
	return err
}

// Count returns how many requests a trace has stored, or lost on the way to the table.
func (s Store) Count(ctx context.Context, t tenant.Trace) (int, error) {
	item, err := s.db.Get(ctx, s.key(t))
	return int(item.Int("n")), err
}

// Add stores a request. The errors are ErrEnded and table.ErrUnavailable.
func (s Store) Add(ctx context.Context, t tenant.Trace, r Request) error {
	head, err := s.db.WriteReturning(ctx, func(table.Stamp) table.Write {
		return table.Update(s.key(t), nil).Adding("n", 1).WithCondition(
			"attribute_exists(PK) AND #n < :most AND #until > :now",
			table.Item{"most": int64(MaxRequests), "now": s.now().Unix()},
		)
	})
	if table.FailedConditions(err) != nil {
		return ErrEnded
	}
	if err != nil {
		return err
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	key := s.key(t)
	key.SK += sequenceSuffix(head.Int("n"))
	return s.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(key, table.Item{"traced": string(data), "expires": r.Time.Add(Retention).Unix()})
	})
}

func sequenceSuffix(n int64) string { return fmt.Sprintf("#%03d", n) }

// Delete deletes all that is stored of the tenant's traces. The error is table.ErrUnavailable.
func (s Store) Delete(ctx context.Context) error {
	return s.db.DeleteRange(ctx, table.Query{PK: s.partition(), Only: "PK, SK"}, nil)
}

// ValidPosition reports whether a text can be the position of a request.
func ValidPosition(s string) bool {
	began, sequence, ok := strings.Cut(s, "#")
	_, err := time.Parse(time.RFC3339, began)
	return ok && err == nil && len(sequence) == 3 && number.Match(sequence)
}

func requestFrom(item table.Item) (r Request, err error) {
	if err = json.Unmarshal([]byte(item.Text("traced")), &r); err != nil {
		return r, fmt.Errorf("trace: item %s is damaged: %w", item.Text("SK"), err)
	}
	r.Position = item.Text("SK")
	return r, nil
}
