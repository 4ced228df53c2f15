package outbox

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// Append appends events for drafts, in their order. It skips a draft whose record is already
// part of an event, so calls can be repeated and may run concurrently. After an error, a
// prefix of the drafts may have been appended. The errors are table.ErrContention and
// table.ErrUnavailable.
func (f Feed) Append(ctx context.Context, drafts []Draft) error {
	for len(drafts) > 0 {
		if err := f.appendOnce(ctx, &drafts, 0); err != nil {
			return err
		}
	}
	return nil
}

// Close appends a last draft. From then on, Append ignores records up to and including the
// time until, which must not be before the time of the draft's record. Events of later
// records continue the sequence. Close is idempotent. It returns the same errors as Append.
func (f Feed) Close(ctx context.Context, last Draft, until time.Time) error {
	return f.appendOnce(ctx, &[]Draft{last}, until.Unix())
}

// appendOnce appends as many drafts as fit into one transaction, and leaves the rest in
// drafts. If closed isn't 0, the transaction also closes the feed: records up to that second
// are ignored from now on.
func (f Feed) appendOnce(ctx context.Context, drafts *[]Draft, closed int64) error {
	return table.RetryIfChanged(ctx, func() error {
		s, err := f.readState(ctx, *drafts)
		if err != nil {
			return err
		}
		unseen := s.unseen(*drafts)
		if err := s.markErased(ctx, unseen); err != nil {
			return err
		}
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
