package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"scimserver/shared/outbox"
	"scimserver/shared/tenant"
)

// EventPage is a page of a feed of events, in the order of their sequences. outbox.Event describes
// an event.
type EventPage struct {
	Events []json.RawMessage `json:"events"`
	Last   int64             `json:"last"` // the value of after for the next page
	Head   int64             `json:"head"` // the newest sequence of the feed
}

// EventHeads is a page of feeds with their newest sequences.
type EventHeads struct {
	Heads []EventHead `json:"heads"`
	Next  string      `json:"next,omitempty"` // the value of after for the next page
}

// EventHead is a feed with its newest sequence.
type EventHead struct {
	Tenant   tenant.ID `json:"tenant,omitempty"` // "" for the accounts
	Sequence int64     `json:"sequence"`
	Time     time.Time `json:"time"` // when the newest event was appended
}

// EventQuery selects events of a feed.
type EventQuery struct {
	After int64 // the sequence of the last event that the caller has
	Limit int
	Wait  time.Duration // how long to wait if there is no event
}

// eventInterval is the time between two reads of a feed while waiting for an event.
const eventInterval = time.Second

// Events returns a page of a tenant's events. The feed remains after the tenant's deletion, which is
// its last event.
func (s *Service) Events(ctx context.Context, id tenant.ID, q EventQuery) (EventPage, error) {
	feed := s.Directory.For(id).Events()
	if q.After == 0 { // after an event, the tenant is known to exist
		head, err := feed.Head(ctx)
		if err == nil && head == 0 {
			err = s.requireTenant(ctx, id)
		}
		if err != nil {
			return EventPage{}, err
		}
	}
	return readEvents(ctx, feed, q)
}

// AccountEvents returns a page of the events of the accounts.
func (s *Service) AccountEvents(ctx context.Context, q EventQuery) (EventPage, error) {
	return readEvents(ctx, s.Directory.Accounts().Events(), q)
}

// EventHeads returns a page of the feeds that have events since a time.
func (s *Service) EventHeads(ctx context.Context, since time.Time, after string, limit int) (EventHeads, error) {
	heads, next, err := s.Directory.EventHeads(ctx, outbox.HeadsQuery{Since: since, Cursor: after, Limit: limit})
	if errors.Is(err, outbox.ErrCursor) {
		err = notNext()
	}
	out := EventHeads{Heads: []EventHead{}, Next: next}
	for _, h := range heads {
		out.Heads = append(out.Heads, EventHead{Tenant: h.Tenant, Sequence: h.Sequence, Time: h.Time})
	}
	return out, err
}

// readEvents reads a page. While the page has no event, it reads again, until the wait is over or the
// request ends.
func readEvents(ctx context.Context, feed outbox.Feed, q EventQuery) (EventPage, error) {
	waiting, cancel := context.WithTimeout(ctx, q.Wait)
	defer cancel()
	for {
		page, err := feed.Page(ctx, q.After, q.Limit)
		if err != nil {
			return EventPage{}, feedError(err, q.After, page.Head)
		}
		if len(page.Events) > 0 || !pause(waiting, eventInterval) {
			out := EventPage{Events: []json.RawMessage{}, Last: page.Last, Head: page.Head}
			out.Events = append(out.Events, page.Events...)
			return out, nil
		}
	}
}

// pause waits, and reports whether the time passed before the end of the context.
func pause(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// feedError returns the API's error for an error of a feed.
func feedError(err error, after, head int64) error {
	if expired, ok := errors.AsType[*outbox.ExpiredError](err); ok {
		return &Error{
			Status: http.StatusGone, Code: "expired", Oldest: expired.Oldest,
			Message: "the events after this position have expired: read the users and groups again, " +
				"and continue after the asOf of their lists",
		}
	}
	if errors.Is(err, outbox.ErrAhead) {
		return invalid("after is %d, but the newest event of this feed is %d", after, head)
	}
	return err
}
