package outbox

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"scimserver/shared/table"
)

// Page is a run of consecutive events of a feed.
type Page struct {
	Events []json.RawMessage // in the order of their sequences; see Event
	// Last is the sequence of the page's last event, or the requested position if the page
	// is empty. It is the position at which the next page continues.
	Last int64
	// Head is the sequence of the newest event of the feed, and never less than Last.
	Head int64
}

// maxPage is the size in bytes at which a page ends. A response may have 6 MB, and escaping
// its quotes takes up to half of that.
const maxPage = 3 << 20

// Page reads at most limit events that follow the position after. The errors are
// *ExpiredError, ErrAhead and table.ErrUnavailable.
func (f Feed) Page(ctx context.Context, after int64, limit int) (Page, error) {
	after = max(after, 0)
	newest, err := f.Head(ctx)
	p := Page{Last: after, Head: newest}
	switch {
	case err != nil || after == newest:
		return p, err
	case after > newest:
		return p, ErrAhead
	}
	for size := 0; p.Last < newest && len(p.Events) < limit && size < maxPage; {
		items, err := f.read(ctx, p.Last+1, limit-len(p.Events))
		if err != nil {
			return p, err
		}
		n := p.add(items, f.now(), &size)
		if n == 0 {
			break
		}
	}
	if len(p.Events) == 0 {
		return p, f.expired(ctx, newest)
	}
	p.Head = max(p.Head, p.Last)
	return p, nil
}

// read reads up to 1 MB of events from one bucket, starting at a sequence.
func (f Feed) read(ctx context.Context, from int64, limit int) (items []table.Item, err error) {
	bucket := from / bucketSize
	last := (bucket+1)*bucketSize - 1
	q := table.Query{PK: f.bucket(bucket), From: sequenceSK(from), To: sequenceSK(last), Limit: limit}
	err = f.db.Walk(ctx, q, func(page []table.Item, _ string) (bool, error) {
		items = page
		return false, nil
	})
	return items, err
}

// add adds the events that follow the page's last one, and returns how many it added. It
// stops at a gap, at an expired event, or when the page is full.
func (p *Page) add(items []table.Item, now time.Time, size *int) (n int) {
	for _, item := range items {
		sequence, _ := strconv.ParseInt(item.Text("SK"), 10, 64)
		if sequence != p.Last+1 || !live(item, now) || *size >= maxPage {
			break
		}
		p.Events = append(p.Events, json.RawMessage(item.Text("event")))
		p.Last = sequence
		*size += len(item.Text("event"))
		n++
	}
	return n
}

// live reports whether an event exists and has not expired. DynamoDB may delete an expired
// item days later.
func live(item table.Item, now time.Time) bool {
	return item != nil && item.Int("expires") > now.Unix()
}

func (f Feed) expired(ctx context.Context, newest int64) error {
	oldest, err := f.oldest(ctx, newest)
	if err != nil {
		return err
	}
	return &ExpiredError{Oldest: oldest}
}

// oldest returns the sequence of the oldest event that has not expired, or newest+1 if all
// have. Events expire in the order of their sequences, so a binary search finds it.
func (f Feed) oldest(ctx context.Context, newest int64) (int64, error) {
	low, high := int64(1), newest+1
	for low < high {
		middle := low + (high-low)/2
		item, err := f.db.Get(ctx, f.eventKey(middle))
		if err != nil {
			return 0, err
		}
		if live(item, f.now()) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low, nil
}
