package outbox

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// seenLife is how long the feed remembers a record. A record comes again for a day from the
// stream, and for 14 days more from the queue of those that failed.
const seenLife = 30 * 24 * time.Hour

// state is what decides how drafts are appended: the head, and which records of the drafts'
// seconds have become events. It is read without isolation. The transaction that follows is
// conditional on each item, so it fails if one has changed.
type state struct {
	Feed
	head head
	seen map[int64][]byte // by second: the marks of the records; nil if there is no item
}

// readState reads the head and the seconds of drafts in one call.
func (f Feed) readState(ctx context.Context, drafts []Draft) (*state, error) {
	s := &state{Feed: f, seen: map[int64][]byte{}}
	keys, seconds := []table.Key{f.headKey()}, map[table.Key]int64{}
	for _, d := range drafts {
		second := d.Record.At.Unix()
		if key := f.seenKey(second); seconds[key] == 0 {
			keys, seconds[key] = append(keys, key), second
		}
	}
	items, err := f.db.GetAll(ctx, keys)
	for _, item := range items {
		key := table.Key{PK: item.Text("PK"), SK: item.Text("SK")}
		if second, ok := seconds[key]; ok {
			s.seen[second] = item.Bytes("marks")
		} else {
			s.head = headFrom(item)
		}
	}
	return s, err
}

// unseen returns the drafts that are to become events, each record once.
func (s *state) unseen(drafts []Draft) (list []Draft) {
	known := map[mark]bool{}
	for _, marks := range s.seen {
		for i := 0; i+markSize <= len(marks); i += markSize {
			known[mark(marks[i:i+markSize])] = true
		}
	}
	for _, d := range drafts {
		m := s.markOf(d.Record)
		if !known[m] && d.Record.At.Unix() > s.head.closed {
			known[m] = true
			list = append(list, d)
		}
	}
	return list
}
