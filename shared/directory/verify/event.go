package verify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"scimserver/shared/table"
)

// eventLife is how long an event stays.
const eventLife = 90 * 24 * time.Hour

// eventBucket is the number of events in a partition.
const eventBucket = 1000

// feed is what the scan has met of the events of a tenant, or of the accounts.
type feed struct {
	First, Last int64 // the lowest and the highest sequence, 0 if there are no events
	Events      int64
	Head        int64 // the newest sequence, as the feed says
}

// addEvent counts an event of a tenant, "" for the accounts.
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

// addHead notes the head of a feed: "-" is that of the accounts.
func (c *counts) addHead(sk string, item table.Item) {
	if sk == "-" {
		sk = ""
	}
	f := c.Feeds[sk]
	f.Head = item.Int("sequence")
	c.Feeds[sk] = f
}

// hasAll reports whether the scan has met all events up to the head.
func (f feed) hasAll() bool { return f.Last == f.Head && f.Events == f.Last-f.First+1 }

// feedSubject is a feed that may lack events.
type feedSubject struct {
	tenant string
	feed
}

// eventHead is the head of a feed.
type eventHead struct {
	sequence int64
	final    int64 // the event that closed the feed; those before it are erased
	at       time.Time
}

// check reads the events between two reads of the head. Events are appended together with
// the head, so all up to the first one must be there, unless they have expired or are being
// erased, and none behind the second one.
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
	return s.judge(&r, first, second, c.now()), nil
}

func (s feedSubject) judge(r *gapReader, first, second eventHead, now time.Time) (all []Finding) {
	if r.last < first.sequence && now.Sub(first.at) < eventLife {
		r.gaps = append(r.gaps, gap{r.last + 1, first.sequence})
	}
	for _, g := range r.gaps {
		all = append(all, s.finding(fmt.Sprintf("events %d to %d of %s are missing", g.from, g.to, s.name())))
	}
	if r.last > second.sequence {
		all = append(all, s.finding(fmt.Sprintf("%s have event %d, but their head says %d", s.name(), r.last,
			second.sequence)))
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

// head reads the head. Its partition is a digit of a hash, so it looks into all.
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

// gapReader looks for gaps in the events of a feed, in order.
type gapReader struct {
	now   time.Time
	last  int64 // the last sequence
	alive bool  // the last event has not expired: the next one must follow
	gaps  []gap
}

// gap are sequences without events.
type gap struct{ from, to int64 }

// maxGaps bounds the gaps of a feed that are found.
const maxGaps = 100

func (r *gapReader) read(page []table.Item) {
	for _, item := range page {
		sequence, _ := strconv.ParseInt(item.Text("SK"), 10, 64)
		if sequence <= r.last { // erased, or about to be
			continue
		}
		if r.alive && sequence != r.last+1 && len(r.gaps) < maxGaps {
			r.gaps = append(r.gaps, gap{r.last + 1, sequence - 1})
		}
		r.last, r.alive = sequence, item.Int("expires") > r.now.Unix()
	}
}
