package outbox

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// Append appends events for drafts, in their order. A draft whose record has become part of
// an event before is left out, so calls can be repeated and may run at the same time. After
// an error, those drafts have been appended that come before the first one that has not.
// The errors are table.ErrContention and table.ErrUnavailable.
func (f Feed) Append(ctx context.Context, drafts []Draft) error {
	for len(drafts) > 0 {
		if err := f.appendOnce(ctx, &drafts, 0); err != nil {
			return err
		}
	}
	return nil
}

// Close appends a last draft. From then on Append ignores records of times up to until,
// which must not be before the draft's own. Events of later records continue the sequence.
// Close is idempotent. The errors are those of Append.
func (f Feed) Close(ctx context.Context, last Draft, until time.Time) error {
	return f.appendOnce(ctx, &[]Draft{last}, until.Unix())
}

// appendOnce appends as many drafts as one transaction takes, and leaves the rest. closed
// is 0, or the last second whose records the feed ignores from now on.
func (f Feed) appendOnce(ctx context.Context, drafts *[]Draft, closed int64) error {
	return table.RetryIfChanged(ctx, func() error {
		s, err := f.readState(ctx, *drafts)
		if err != nil {
			return err
		}
		unseen := s.unseen(*drafts)
		t, err := newTransaction(s, unseen)
		if err != nil {
			return err
		}
		if t.drafts > 0 {
			writes := t.writes(closed)
			err = f.db.Transact(ctx, func(table.Stamp) []table.Write { return writes })
		}
		if table.FailedConditions(err) != nil {
			return table.ErrItemChanged
		}
		if err == nil {
			*drafts = unseen[t.drafts:]
		}
		return err
	})
}
