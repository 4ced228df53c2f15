package trace

import (
	"context"
	"strconv"
	"strings"
	"time"

	"scimserver/shared/table"
)

// settleTime is how long a reader waits for a request that has a sequence but no item
// yet. A function gives up before that.
const settleTime = 5 * time.Second

// Page returns the stored requests after a position, oldest first: those of all traces whose
// requests have not expired. "" is the position before the first. A page may have fewer requests
// than the limit. The error is table.ErrUnavailable.
func (s Store) Page(ctx context.Context, after string, limit int) ([]Request, error) {
	p := &pageReader{Store: s, page: []Request{}, last: after, limit: limit}
	all := table.Query{PK: s.partition(), After: after}
	err := s.db.Walk(ctx, all, func(items []table.Item, _ string) (bool, error) {
		for _, item := range items {
			if more, err := p.take(item); !more || err != nil {
				return false, err
			}
		}
		return true, nil
	})
	return p.page, err
}

// pageReader collects a page.
type pageReader struct {
	Store
	page  []Request
	last  string // the position of the request before
	limit int
}

// take adds an item to the page, unless it is a trace's own or has expired. It reports whether the
// page takes more.
func (p *pageReader) take(item table.Item) (more bool, err error) {
	if item.Text("traced") == "" {
		return true, nil
	}
	r, err := requestFrom(item)
	if err != nil || p.isPending(p.last, r) {
		return false, err
	}
	if p.last = r.Position; p.now().Before(r.Time.Add(Retention)) {
		p.page = append(p.page, r)
	}
	return len(p.page) < p.limit, nil
}

// isPending reports whether a request between last and r may still be on its way to the table. A
// reader that went on would never show it.
func (s Store) isPending(last string, r Request) bool {
	began, n := splitPosition(r.Position)
	lastBegan, lastN := splitPosition(last)
	if began != lastBegan {
		lastN = 0
	}
	return n > lastN+1 && s.now().Sub(r.recorded()) < settleTime
}

func splitPosition(s string) (began string, n int) {
	began, sequence, _ := strings.Cut(s, "#")
	n, _ = strconv.Atoi(sequence)
	return began, n
}
