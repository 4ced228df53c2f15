package provlog

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Query selects entries, newest first.
type Query struct {
	From, To time.Time // includes From, and excludes To
	// Since is when the tenant was created. Older entries, if there are any, are those of an earlier
	// tenant with the same id.
	Since time.Time
	// Before is the next value of the previous page; "" selects the first page.
	Before string
	Limit  int
	Wanted func(Entry) bool // nil means all
}

// A page ends when it has read this many entries or days, however few entries it has found.
const (
	defaultMaxRead = 3000
	maxDays        = 8
)

// batch is the number of entries that are read from a partition at a time.
const batch = 50

// Page reads a page of the log. next is the value of Before for the next page, or "" if this
// is the last one. Any page may have fewer entries than the limit, or none. Pages neither
// repeat nor skip an entry. The error is table.ErrUnavailable.
func (l Log) Page(ctx context.Context, q Query) (page []Entry, next string, err error) {
	bound := scim.FormatTime(q.To)
	if q.Before != "" {
		bound = min(bound, q.Before)
	}
	if created := beginning(q.Since); created.After(q.From) {
		q.From = created
	}
	w := &pageReader{Log: l, query: q, from: scim.FormatTime(q.From)}
	first, last := dayBelow(bound), q.From.UTC().Truncate(day)
	for at := first; !at.Before(last); at = at.Add(-day) {
		if first.Sub(at) == maxDays*day {
			return w.page, scim.FormatTime(at.Add(day)), nil
		}
		if next, err = w.day(ctx, at, bound); next != "" || err != nil {
			return w.page, next, err
		}
	}
	return w.page, "", nil
}

// ValidPosition reports whether a text can be the Before value of a Query.
func ValidPosition(s string) bool {
	_, err := time.Parse(time.RFC3339, s[:min(len(s), timeWidth)])
	return err == nil && len(s) <= maxPosition
}

// maxPosition is the longest position, in bytes.
const maxPosition = 512

const day = 24 * time.Hour

// beginning returns the earliest time of an entry of a tenant that was created at a time. The clock that
// gave an entry its time may be slow. It can't be an entry of an earlier tenant with the same id: the
// id was not used for longer than a minute after the last request of that tenant.
func beginning(created time.Time) time.Time { return created.Add(-time.Minute) }

// timeWidth is the length of a time as scim.FormatTime writes it.
const timeWidth = len("2006-01-02T15:04:05.000Z")

// dayBelow returns the latest day that can have an entry before a bound. A bound begins with a
// time.
func dayBelow(bound string) time.Time {
	at, _ := time.Parse(time.RFC3339, bound[:min(len(bound), timeWidth)])
	if len(bound) <= timeWidth {
		at = at.Add(-time.Millisecond)
	}
	return at.UTC().Truncate(day)
}

// pageReader reads the log in descending order, day by day.
type pageReader struct {
	Log
	query Query
	from  string
	page  []Entry
	read  int
}

// day reads the entries of a day that are before a bound. next is "" if the page continues
// with the previous day.
func (w *pageReader) day(ctx context.Context, day time.Time, bound string) (next string, err error) {
	var cursors []*partitionCursor
	for _, pk := range w.partitions(day) {
		cursors = append(cursors, &partitionCursor{pk: pk, bound: bound})
	}
	for {
		if err := w.fill(ctx, cursors); err != nil {
			return "", err
		}
		s := newest(cursors)
		if s == nil {
			return "", nil
		}
		e, err := entryFrom(s.items[0])
		if err != nil {
			return "", err
		}
		at := s.items[0].Text("SK")
		s.items = s.items[1:]
		if w.read++; w.query.Wanted == nil || w.query.Wanted(e) {
			w.page = append(w.page, e)
		}
		if len(w.page) == w.query.Limit || w.read >= w.maxRead {
			return at, nil
		}
	}
}

// partitionCursor is the state of reading one partition of a day.
type partitionCursor struct {
	pk        string
	bound     string // the next entries are before it
	items     []table.Item
	exhausted bool // all items were read
}

// newest returns the cursor with the newest next entry, or nil if none has entries left.
func newest(cursors []*partitionCursor) (first *partitionCursor) {
	for _, s := range cursors {
		if len(s.items) > 0 && (first == nil || s.items[0].Text("SK") > first.items[0].Text("SK")) {
			first = s
		}
	}
	return first
}

// fill reads more entries if a cursor has none left. In the same step it refills all other cursors
// that have only a few left.
func (w *pageReader) fill(ctx context.Context, cursors []*partitionCursor) error {
	if !slices.ContainsFunc(cursors, func(s *partitionCursor) bool { return len(s.items) == 0 && !s.exhausted }) {
		return nil
	}
	work, ctx := errgroup.WithContext(ctx)
	for _, s := range cursors {
		if len(s.items) < batch/4 && !s.exhausted {
			work.Go(func() error { return w.readNext(ctx, s) })
		}
	}
	return work.Wait()
}

func (w *pageReader) readNext(ctx context.Context, s *partitionCursor) error {
	if w.from > s.bound {
		s.exhausted = true
		return nil
	}
	items, next, err := w.db.Query(ctx, table.Query{PK: s.pk, From: w.from, To: s.bound, Limit: batch, Backward: true})
	if err != nil {
		return err
	}
	if len(items) > 0 && items[0].Text("SK") == s.bound { // the range includes it
		items = items[1:]
	}
	s.items, s.exhausted = append(s.items, items...), next == ""
	if len(items) > 0 {
		s.bound = items[len(items)-1].Text("SK")
	}
	return nil
}
