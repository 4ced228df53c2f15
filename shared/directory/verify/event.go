package verify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"scimserver/shared/table"
)

// eventLife is how long an event is kept.
const eventLife = 90 * 24 * time.Hour

// eventBucket is the number of events in a partition.
const eventBucket = 1000

// feed sums up the events of one tenant, or of the accounts, that the scan has seen.
type feed struct {
	First, Last int64 // the lowest and the highest sequence; 0 if there are no events
	Events      int64 // number of events
	Head        int64 // the newest sequence, according to the feed's head
}

// addEvent counts an event of a tenant. The tenant "" stands for the accounts.
func (c *counts) addEvent(tenant, sk string) {
	sequence, _ := strconv.ParseInt(sk, 10, 64)
	f := c.Feeds[tenant]
	if f.Events == 0 || sequence < f.First {
		f.First = sequence
	}
	f.Last = max(f.Last, sequence)
	f.Events++
	c.Feeds[tenant] = f
}

// addHead adds the head of a feed. The key "-" stands for the accounts.
func (c *counts) addHead(sk string, item table.Item) {
	if sk == "-" {
		sk = ""
	}
	f := c.Feeds[sk]
	f.Head = item.Int("sequence")
	c.Feeds[sk] = f
}

// hasAll reports whether the scan has seen all events up to the head.
func (f feed) hasAll() bool { return f.Last == f.Head && f.Events == f.Last-f.First+1 }

// feedSubject is a feed that may lack events.
type feedSubject struct {
	tenant string
	feed
}

// eventHead is the head of a feed.
type eventHead struct {
	sequence int64
	final    int64 // the event that closed the feed; earlier events are erased
	at       time.Time
}

// check reads the head, the events, and the head again. An event and the head are written in
// one transaction. So all events up to the first head must exist, unless they have expired or
// are being erased, and no event may come after the second head.
func (s feedSubject) check(ctx context.Context, c *checker) ([]Finding, error) {
	first, err := s.head(ctx, c)
	if err != nil {
		return nil, err
	}
	r := gapReader{last: first.final, now: c.now()}
	for bucket := s.First / eventBucket; bucket <= max(first.sequence, s.Last)/eventBucket; bucket++ {
		q := table.Query{PK: s.prefix() + "EVENTS#" + strconv.FormatInt(bucket, 10), Only: "SK, expires"}
		err := c.db.Walk(ctx, q, func(page []table.Item, _ string) (bool, error) {
			r.read(page)
			return true, nil
		})
		if err != nil {
			return nil, err
		}
	}
	second, err := s.head(ctx, c)
	if err != nil || second.final != first.final { // the feed is being erased
		return nil, err
	}
	return s.findings(&r, first, second, c.now()), nil
}

func (s feedSubject) findings(r *gapReader, first, second eventHead, now time.Time) (all []Finding) {
	if r.last < first.sequence && now.Sub(first.at) < eventLife {
		r.gaps = append(r.gaps, gap{r.last + 1, first.sequence})
	}
	for _, g := range r.gaps {
		all = append(all, s.finding(fmt.Sprintf("events %d to %d of %s are missing", g.from, g.to, s.name())))
	}
	if r.last > second.sequence {
		all = append(all, s.finding(fmt.Sprintf("event %d of %s is newer than the head of the feed, which says %d",
			r.last, s.name(), second.sequence)))
	}
	return all
}

func (s feedSubject) finding(text string) Finding {
	return Finding{Kind: MissingEvents, Tenant: s.tenant, Text: text, Advice: eventAdvice}
}

func (s feedSubject) name() string {
	if s.tenant == "" {
		return "the accounts"
	}
	return "the tenant"
}

func (s feedSubject) prefix() string {
	if s.tenant == "" {
		return string(account) + "#"
	}
	return inTenant(s.tenant)
}

// head reads the head. A hash chooses one of 16 partitions for it, so head looks into all
// of them.
func (s feedSubject) head(ctx context.Context, c *checker) (h eventHead, err error) {
	sk := s.tenant
	if sk == "" {
		sk = "-"
	}
	var keys []table.Key
	for _, digit := range "0123456789abcdef" {
		keys = append(keys, table.Key{PK: "EVENTHEADS#" + string(digit), SK: sk})
	}
	items, err := c.db.GetAll(ctx, keys)
	for _, item := range items {
		h = eventHead{item.Int("sequence"), item.Int("final"), time.UnixMilli(item.Int("at"))}
	}
	return h, err
}

// gapReader reads the events of a feed in order, and finds gaps.
type gapReader struct {
	now   time.Time
	last  int64 // the last sequence
	alive bool  // the last event has not expired, so the next one must exist
	gaps  []gap
}

// gap is a range of sequences without events.
type gap struct{ from, to int64 }

// maxGaps bounds the gaps that are reported for a feed.
const maxGaps = 100

func (r *gapReader) read(page []table.Item) {
	for _, item := range page {
		sequence, _ := strconv.ParseInt(item.Text("SK"), 10, 64)
		if sequence <= r.last { // being erased
			continue
		}
		if r.alive && sequence != r.last+1 && len(r.gaps) < maxGaps {
			r.gaps = append(r.gaps, gap{r.last + 1, sequence - 1})
		}
		r.last, r.alive = sequence, item.Int("expires") > r.now.Unix()
	}
}
