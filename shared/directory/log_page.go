package directory

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// LogQuery asks for entries of the provisioning log, newest first.
type LogQuery struct {
	From, To time.Time // entries from From on that are older than To
	// Before is where an earlier page ended; "" asks for the first.
	Before string
	Limit  int
	Wanted func(LogEntry) bool // nil means all
}

// What one page reads at most: it ends there, whatever it has found.
const (
	mostLogRead = 3000
	mostLogDays = 8
)

// logBatch is the number of entries that are read at a time of each partition.
const logBatch = 50

// LogPage reads a page of the provisioning log. next is what to ask for as Before of
// the page behind it, "" when there is none; a page may be short, or empty, and have
// one nevertheless. Pages neither repeat nor leave out an entry. The error is
// ErrUnavailable.
func (t *Tenant) LogPage(ctx context.Context, q LogQuery) (page []LogEntry, next string, err error) {
	bound := scim.FormatTime(q.To)
	if q.Before != "" {
		bound = min(bound, q.Before)
	}
	w := &logWalk{Tenant: t, query: q, from: scim.FormatTime(q.From)}
	first, last := dayBelow(bound), q.From.UTC().Truncate(day)
	for at := first; !at.Before(last); at = at.Add(-day) {
		if first.Sub(at) == mostLogDays*day {
			return w.page, scim.FormatTime(at.Add(day)), nil
		}
		if next, err = w.day(ctx, at, bound); next != "" || err != nil {
			return w.page, next, err
		}
	}
	return w.page, "", nil
}

// LogPosition reports whether a text can be the Before of a LogQuery.
func LogPosition(s string) bool {
	_, err := time.Parse(time.RFC3339, s[:min(len(s), timeWidth)])
	return err == nil && len(s) <= maxKeyValue
}

// timeWidth is the length of a time as scim.FormatTime writes it.
const timeWidth = len("2006-01-02T15:04:05.000Z")

// dayBelow is the day of the last entry that can stand below a bound, which begins
// with a time.
func dayBelow(bound string) time.Time {
	at, _ := time.Parse(time.RFC3339, bound[:min(len(bound), timeWidth)])
	if len(bound) <= timeWidth {
		at = at.Add(-time.Millisecond)
	}
	return at.UTC().Truncate(day)
}

// logWalk reads the log backwards, day by day.
type logWalk struct {
	*Tenant
	query LogQuery
	from  string
	page  []LogEntry
	read  int
}

// day reads the entries of a day below a bound. next is where the page ends, "" if
// it goes on.
func (w *logWalk) day(ctx context.Context, day time.Time, bound string) (next string, err error) {
	var strands []*strand
	for _, pk := range w.logPKs(day) {
		strands = append(strands, &strand{pk: pk, bound: bound})
	}
	for {
		if err := w.fill(ctx, strands); err != nil {
			return "", err
		}
		s := latest(strands)
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
		if len(w.page) == w.query.Limit || w.read >= mostLogRead {
			return at, nil
		}
	}
}

// strand is one partition of a day, as far as it has been read.
type strand struct {
	pk    string
	bound string // below which to go on
	items []table.Item
	whole bool // there is no more
}

// latest returns the strand whose next entry is the latest of all, nil if none has
// any.
func latest(strands []*strand) (first *strand) {
	for _, s := range strands {
		if len(s.items) > 0 && (first == nil || s.items[0].Text("SK") > first.items[0].Text("SK")) {
			first = s
		}
	}
	return first
}

// fill reads on where a strand has run out, and then all that are about to.
func (w *logWalk) fill(ctx context.Context, strands []*strand) error {
	if !slices.ContainsFunc(strands, func(s *strand) bool { return len(s.items) == 0 && !s.whole }) {
		return nil
	}
	work, ctx := errgroup.WithContext(ctx)
	for _, s := range strands {
		if len(s.items) < logBatch/4 && !s.whole {
			work.Go(func() error { return w.readOn(ctx, s) })
		}
	}
	return work.Wait()
}

func (w *logWalk) readOn(ctx context.Context, s *strand) error {
	if w.from > s.bound {
		s.whole = true
		return nil
	}
	items, next, err := w.d.db.Query(ctx, table.Query{PK: s.pk, From: w.from, To: s.bound, Limit: logBatch, Backward: true})
	if err != nil {
		return err
	}
	if len(items) > 0 && items[0].Text("SK") == s.bound { // the range includes it
		items = items[1:]
	}
	s.items, s.whole = append(s.items, items...), next == ""
	if len(items) > 0 {
		s.bound = items[len(items)-1].Text("SK")
	}
	return nil
}
