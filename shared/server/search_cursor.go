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

// CursorLife is how long a cursor is valid (RFC 9865 section 4, cursorTimeout).
const CursorLife = time.Hour

// cursor is what the client sends to get the next page (RFC 9865 section 2). It is encrypted and
// authenticated, so that it cannot be read, made up, or used for another query, credential or
// tenant.
type cursor struct {
	Made  int64   `json:"t"` // Unix seconds
	Part  int     `json:"p"` // with Key and ID, the position of the last resource shown
	Key   []byte  `json:"k"`
	ID    scim.ID `json:"i"`
	Count int     `json:"c"` // the page size
	Total int     `json:"n"` // totalResults of the previous page
	Seen  int     `json:"s"` // resources on all previous pages
}

func (c *cursor) position() *position {
	if c.ID == "" {
		return nil
	}
	return &position{c.Part, order.Entry{Key: order.Key(c.Key), ID: c.ID}}
}

// findByCursor finds the page after a cursor.
func (f *search) findByCursor(ctx context.Context) (found *result, err error) {
	c, err := f.openCursor()
	if err != nil {
		return nil, err
	}
	switch w := f.exactWalk(); {
	case f.isList():
		found, err = f.listAfter(ctx, c)
	case c.ID != "" && w != nil:
		if found, err = f.walkAfter(ctx, w, c.ID); err == nil {
			found.total = c.Total
		}
	case c.ID != "" && f.scansInOrder():
		found, err = f.scanAfter(ctx, c)
	default:
		found, err = f.matchAfter(ctx, c)
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

// startAgain tells a client with an unusable cursor what to do.
const startAgain = "send the query with an empty cursor to start again"

// openCursor checks the cursor that was sent, and takes the page size from it. The errors are
// those of RFC 9865 section 2.1.
func (f *search) openCursor() (*cursor, error) {
	c := &cursor{Count: f.q.count}
	if *f.q.cursor == "" {
		return c, nil
	}
	text, err := f.r.Directory.Unseal(f.cursorBinding(), *f.q.cursor)
	if errors.Is(err, directory.ErrSeal) || err == nil && json.Unmarshal(text, c) != nil {
		return nil, scim.InvalidCursor("the cursor was not issued for this query; " + startAgain)
	}
	switch {
	case err != nil:
		return nil, err
	case f.Now().Unix() >= c.Made+int64(CursorLife/time.Second):
		return nil, scim.ExpiredCursor("the cursor is older than " + CursorLife.String() + "; " + startAgain)
	case f.q.countSent && f.q.count != c.Count:
		return nil, scim.InvalidCount("count must be the same for all pages; " + startAgain)
	}
	f.q.count = c.Count
	return c, nil
}

// nextCursor makes the cursor that follows a page.
func (f *search) nextCursor(found *result) (string, error) {
	text, err := json.Marshal(cursor{
		Made: f.Now().Unix(), Part: found.end.typeIndex, Key: []byte(found.end.Key), ID: found.end.ID,
		Count: f.q.count, Total: found.total, Seen: found.seen + len(found.page)})
	if err != nil {
		return "", err
	}
	return f.r.Directory.Seal(f.cursorBinding(), text)
}

// cursorBinding returns what a cursor is bound to besides the tenant. The parameters must be the
// same for all pages (RFC 9865 section 2).
func (f *search) cursorBinding() string {
	names := []string{"cursor", string(f.r.Caller.Credential)}
	for _, p := range f.types {
		names = append(names, p.typ.Name)
	}
	for _, parameter := range []string{"filter", "sortBy", "sortOrder"} {
		names = append(names, strings.Join(f.r.parameters[parameter], "\x01"))
	}
	return strings.Join(names, "\x00")
}

// listAfter finds the page after a cursor in a list of all resources.
func (f *search) listAfter(ctx context.Context, c *cursor) (*result, error) {
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

// matchAfter finds the page after a cursor by matching all candidates again.
func (f *search) matchAfter(ctx context.Context, c *cursor) (*result, error) {
	t := f.newTopK(f.q.count+1, c.position())
	if f.q.count == 0 {
		t.n = 0
	}
	if err := f.collect(ctx, t); err != nil {
		return nil, err
	}
	found, err := f.cutPage(ctx, t.sorted())
	if err == nil {
		found.total = t.total
	}
	return found, err
}

// cutPage makes a page of hits. If there is one hit more than the page's size, there is another
// page.
func (f *search) cutPage(ctx context.Context, hits []hit) (*result, error) {
	more := len(hits) > f.q.count
	found, err := f.loadPage(ctx, hits[:min(len(hits), f.q.count)])
	if err == nil {
		found.more = found.more || more
	}
	return found, err
}

// scansInOrder reports whether the search reads all resources in the order of the answer.
func (f *search) scansInOrder() bool {
	for _, p := range f.types {
		if p.plan.keys != nil {
			return false
		}
	}
	return f.q.order == nil
}

// scanAfter finds the page after a cursor by reading resources until the page is full, so that all
// pages together read each resource once. The total is that of the first page.
func (f *search) scanAfter(ctx context.Context, c *cursor) (*result, error) {
	t := f.newTopK(f.q.count+1, c.position())
	for _, p := range f.types[c.Part:] {
		after := scim.ID("")
		if p.index == c.Part {
			after = c.ID
		}
		f.r.event.addPlan("scan on")
		if p.plan.empty || t.full() {
			continue
		}
		err := p.r.Directory.Walk(
			ctx,
			p.kind,
			after,
			func(ctx context.Context, some []directory.Resource) (bool, error) {
				err := p.match(ctx, f, some, t.add)
				return !t.full(), err
			},
		)
		if err != nil {
			return nil, err
		}
	}
	f.r.event.matched.Add(int64(t.total))
	found, err := f.cutPage(ctx, t.sorted())
	if err == nil {
		found.total = c.Total
	}
	return found, err
}
