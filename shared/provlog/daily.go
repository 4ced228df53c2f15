package provlog

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/table"
)

// Day counts the requests of the provider on one day (UTC); see Entry.IsRequest.
type Day struct {
	Start     time.Time
	Succeeded int64 // requests that changed something
	Failed    int64
	Created   int64 // users
	Deleted   int64 // users
}

// settled is how long after the end of a day its entries can still be written: they are made from
// the stream, which is at most a day late.
const settled = 24 * time.Hour

// Days returns the counts of the last n days, the oldest first and the current one last. The log is
// empty before since, so days before it are not read. Counts of a day that can no longer change are
// stored, so that its entries are read once. If a call is interrupted, the next one continues after
// the stored days. The error is table.ErrUnavailable.
func (l Log) Days(ctx context.Context, now, since time.Time, n int) ([]Day, error) {
	today := now.UTC().Truncate(day)
	first := today.Add(-time.Duration(n-1) * day)
	known, err := l.storedDays(ctx, first)
	if err != nil {
		return nil, err
	}
	days := make([]Day, n)
	work, within := errgroup.WithContext(ctx)
	work.SetLimit(2) // each reads all partitions of a day at once, a page of each in memory
	for i := range days {
		at := first.Add(time.Duration(i) * day)
		stored, ok := known[at]
		if at.Add(day).Before(since) { // a stored count is that of an earlier tenant with this id
			days[i].Start = at
			continue
		}
		if ok {
			days[i] = stored
			continue
		}
		work.Go(func() (err error) {
			days[i], err = l.countDay(within, at, now)
			return err
		})
	}
	return days, work.Wait()
}

// daysPK is the partition of the stored counts: T#<tenant>#LOGDAYS / <yyyymmdd>.
func (l Log) daysPK() string { return "T#" + string(l.tenant) + "#LOGDAYS" }

const dayLayout = "20060102"

func (l Log) storedDays(ctx context.Context, first time.Time) (map[time.Time]Day, error) {
	items, _, err := l.db.Query(ctx, table.Query{PK: l.daysPK(), From: first.Format(dayLayout), To: table.Highest})
	known := make(map[time.Time]Day, len(items))
	for _, item := range items {
		start, _ := time.Parse(dayLayout, item.Text("SK"))
		known[start] = Day{
			Start: start, Succeeded: item.Int("succeeded"), Failed: item.Int("failed"),
			Created: item.Int("created"), Deleted: item.Int("deleted"),
		}
	}
	return known, err
}

// countDay counts the entries of a day, and stores the counts if they can no longer change.
func (l Log) countDay(ctx context.Context, start, now time.Time) (Day, error) {
	d := Day{Start: start}
	var mu sync.Mutex
	work, within := errgroup.WithContext(ctx)
	for _, pk := range l.partitions(start) {
		work.Go(func() error {
			return l.db.Walk(within, table.Query{PK: pk}, func(page []table.Item, _ string) (bool, error) {
				mu.Lock()
				defer mu.Unlock()
				return true, d.countAll(page)
			})
		})
	}
	if err := work.Wait(); err != nil || now.Sub(start) < day+settled {
		return d, err
	}
	return d, l.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(table.Key{PK: l.daysPK(), SK: start.Format(dayLayout)}, table.Item{
			"succeeded": d.Succeeded, "failed": d.Failed, "created": d.Created, "deleted": d.Deleted,
			"expires": start.Add(Retention).Unix(),
		})
	})
}

func (d *Day) countAll(items []table.Item) error {
	for _, item := range items {
		e, err := entryFrom(item)
		if err != nil {
			return err
		}
		d.count(e)
	}
	return nil
}

func (d *Day) count(e Entry) {
	switch {
	case !e.IsRequest():
		return
	case e.Failed():
		d.Failed++
		return
	}
	d.Succeeded++
	switch {
	case e.Kind != "User":
	case e.Operation == "create":
		d.Created++
	case e.Operation == "delete":
		d.Deleted++
	}
}
