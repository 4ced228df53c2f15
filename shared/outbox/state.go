package outbox

import (
	"context"
	"time"

	"scimserver/shared/table"
)

// seenLife is how long the feed remembers a record. The stream delivers a record for up to a
// day, and the queue of failed records for up to 14 days more.
const seenLife = 30 * 24 * time.Hour

// state is what an append has read: the head of the feed, and the records that are part of
// an event already. The reads are not isolated. The transaction that follows has a condition
// on each of the items, so it fails if one has changed.
type state struct {
	Feed
	head head
	seen map[int64][]byte // by second: the marks of its records; nil if there is no item
}

// readState reads the head, and the marks for the seconds of the drafts.
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
		key := item.Key()
		if second, ok := seconds[key]; ok {
			s.seen[second] = item.Bytes("marks")
		} else {
			s.head = headFrom(item)
		}
	}
	return s, err
}

// unseen returns the drafts that have to become events, each record once.
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
