package server

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/order"
)

// CursorLife is how long a cursor is good for (RFC 9865 section 4, cursorTimeout).
const CursorLife = time.Hour

// cursor is what the client hands back to get the next page (RFC 9865 section 2),
// sealed so that it cannot be read, made up, or used for another query, by another
// credential or tenant.
type cursor struct {
	Made  int64   `json:"t"` // Unix seconds
	Part  int     `json:"p"` // the position of the last resource shown
	Key   []byte  `json:"k"`
	ID    scim.ID `json:"i"`
	Count int     `json:"c"` // the size of pages
	Total int     `json:"n"` // of the page before
	Seen  int     `json:"s"` // resources on all pages before
}

func (c *cursor) position() *position {
	if c.ID == "" {
		return nil
	}
	return &position{c.Part, order.Entry{Key: order.Key(c.Key), ID: c.ID}}
}

// follow finds the page behind a cursor.
func (f *search) follow(ctx context.Context) (found *result, err error) {
	c, err := f.openCursor()
	if err != nil {
		return nil, err
	}
	switch w := f.walk(); {
	case f.isList():
		found, err = f.listBehind(ctx, c)
	case c.ID != "" && w != nil:
		if found, err = f.walkBehind(ctx, w, c.ID); err == nil {
			found.total = c.Total
		}
	case c.ID != "" && f.scansInOrder():
		found, err = f.scanBehind(ctx, c)
	default:
		found, err = f.matchingBehind(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	least := c.Seen + len(found.page)
	if found.more {
		least++
	}
	found.seen, found.total = c.Seen, max(found.total, least)
	return found, nil
}

// openCursor checks the cursor that was sent, and settles the size of the page. The
// errors are those of RFC 9865 section 2.1.
func (f *search) openCursor() (*cursor, error) {
	c := &cursor{Count: f.q.count}
	if *f.q.cursor == "" {
		return c, nil
	}
	text, err := f.r.Directory.Unseal(f.purpose(), *f.q.cursor)
	if errors.Is(err, directory.ErrSeal) || err == nil && json.Unmarshal(text, c) != nil {
		return nil, scim.InvalidCursor("the cursor is not one that this service gave out for this query; send the query without a value for cursor to start again")
	}
	switch {
	case err != nil:
		return nil, err
	case f.Now().Unix() >= c.Made+int64(CursorLife/time.Second):
		return nil, scim.ExpiredCursor("the cursor is older than " + CursorLife.String() + "; send the query without a value for cursor to start again")
	case f.q.countSent && f.q.count != c.Count:
		return nil, scim.InvalidCount("count must stay the same from page to page; send the query without a value for cursor to start again")
	}
	f.q.count = c.Count
	return c, nil
}

// nextCursor makes the cursor behind a page.
func (f *search) nextCursor(found *result) (string, error) {
	text, err := json.Marshal(cursor{Made: f.Now().Unix(), Part: found.end.part, Key: []byte(found.end.Key), ID: found.end.ID,
		Count: f.q.count, Total: found.total, Seen: found.seen + len(found.page)})
	if err != nil {
		return "", err
	}
	return f.r.Directory.Seal(f.purpose(), text)
}

// purpose is what a cursor is bound to besides the tenant: the parameters are to
// stay the same from page to page (RFC 9865 section 2).
func (f *search) purpose() string {
	names := []string{"cursor", string(f.r.Caller.Credential)}
	for _, p := range f.parts {
		names = append(names, p.typ.Name)
	}
	for _, parameter := range []string{"filter", "sortBy", "sortOrder"} {
		names = append(names, strings.Join(f.r.parameters[parameter], "\x01"))
	}
	return strings.Join(names, "\x00")
}

// listBehind finds a page of all resources in the usual order.
func (f *search) listBehind(ctx context.Context, c *cursor) (*result, error) {
	var total int
	found := &result{}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() (err error) { total, err = f.count(ctx); return err })
	work.Go(func() (err error) {
		found, err = f.pageAt(ctx, directory.PagePosition{Type: c.Part, After: c.ID})
		return err
	})
	if err := work.Wait(); err != nil {
		return nil, err
	}
	found.total = total
	return found, nil
}

// matchingBehind finds a page of what matches by looking at all that may.
func (f *search) matchingBehind(ctx context.Context, c *cursor) (*result, error) {
	t := f.top(f.q.count+1, c.position())
	if f.q.count == 0 {
		t.n = 0
	}
	if err := f.collect(ctx, t); err != nil {
		return nil, err
	}
	found, err := f.cut(ctx, t.first())
	if err == nil {
		found.total = t.total
	}
	return found, err
}

// cut makes a page of hits, of which there is one too many if others follow.
func (f *search) cut(ctx context.Context, hits []hit) (*result, error) {
	more := len(hits) > f.q.count
	found, err := f.page(ctx, hits[:min(len(hits), f.q.count)])
	if err == nil {
		found.more = found.more || more
	}
	return found, err
}

// scansInOrder reports whether what matches is found by looking at all resources in
// the order in which it is shown.
func (f *search) scansInOrder() bool {
	for _, p := range f.parts {
		if p.plan.keys != nil {
			return false
		}
	}
	return f.q.order == nil
}

// scanBehind finds a page by looking at resources until it is full, so that all
// pages together look at each once. The total is that of the first page.
func (f *search) scanBehind(ctx context.Context, c *cursor) (*result, error) {
	t := f.top(f.q.count+1, c.position())
	for _, p := range f.parts[c.Part:] {
		after := scim.ID("")
		if p.place == c.Part {
			after = c.ID
		}
		f.r.event.planned("scan on")
		if p.plan.nothing || t.full() {
			continue
		}
		err := p.r.Directory.Walk(ctx, p.kind, after, func(ctx context.Context, some []directory.Resource) (bool, error) {
			err := p.match(ctx, f, some, t.add)
			return !t.full(), err
		})
		if err != nil {
			return nil, err
		}
	}
	f.r.event.matched.Add(int64(t.total))
	found, err := f.cut(ctx, t.first())
	if err == nil {
		found.total = c.Total
	}
	return found, err
}
