package directory

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// PagePosition is the start of a page that a client requests by index.
type PagePosition struct {
	Index int     // of the first resource of the page, from 1
	Type  int     // the position of the resource type in the list of searched types
	After scim.ID // the page begins after this resource of that type, "" for the first
}

// PageMark records where the last page by index of a client began, and where the next
// page begins. Concurrent creates and deletes shift indexes, but not the order of ids.
// A client that continues at a page mark neither skips nor repeats a resource that
// exists throughout.
type PageMark struct {
	ID         string // begins with the time of creation, so that ids sort by it
	Last, Next PagePosition
	Pages      int       // the number of pages that were read
	Total      int       // totalResults of the first page, if later pages do not count again
	Moved      time.Time // when the last page was read
}

// The lifetime of page marks, and the number of them that are read at a time.
const (
	pageMarkLife = 15 * time.Minute
	maxPageMarks = 200
	timeDigits   = 14 // at the start of an id: the time of creation, in milliseconds
)

// PageMarks reads the latest page marks of a kind. The kind names the credential, the
// query and the page size. The error is ErrUnavailable.
func (t *Tenant) PageMarks(ctx context.Context, kind string) (all []PageMark, err error) {
	items, _, err := t.d.db.Query(ctx, table.Query{PK: t.keys.pageMarks(kind), Limit: maxPageMarks, Backward: true})
	for _, item := range items {
		if item.Int("expires") > t.d.now().Unix() {
			all = append(all, pageMarkFrom(item))
		}
	}
	return all, err
}

// NewPageMark returns a page mark that is created now.
func (t *Tenant) NewPageMark() PageMark {
	return PageMark{ID: fmt.Sprintf("%0*d", timeDigits, t.d.now().UnixMilli()) + rand.Text()[:8]}
}

// PutPageMark stores a page mark. If a request is sent twice, the two attempts may
// reach different positions at the same index; the earlier position is kept, so that
// no resource is skipped. The error is ErrUnavailable.
func (t *Tenant) PutPageMark(ctx context.Context, kind string, m PageMark) error {
	now := t.d.now()
	item := table.Item{
		"pages":   int64(m.Pages),
		"total":   int64(m.Total),
		"moved":   now.UnixMilli(),
		"expires": now.Add(pageMarkLife).Unix(),
	}
	putPagePosition(item, "last", m.Last)
	putPagePosition(item, "next", m.Next)
	err := t.d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(table.Key{PK: t.keys.pageMarks(kind), SK: m.ID}, item).
			WithCondition("attribute_not_exists(PK) OR #nextIndex <> :index OR #nextType > :type OR #nextType = "+
				":type AND #nextAfter > :after",
				table.Item{"index": int64(m.Next.Index), "type": int64(m.Next.Type), "after": string(m.Next.After)})
	})
	if table.FailedConditions(err) != nil {
		return nil
	}
	return err
}

func putPagePosition(item table.Item, name string, p PagePosition) {
	item[name+"Index"], item[name+"Type"], item[name+"After"] = int64(p.Index), int64(p.Type), string(p.After)
}

func pagePositionFrom(item table.Item, name string) PagePosition {
	return PagePosition{int(item.Int(name + "Index")), int(item.Int(name + "Type")), scim.ID(item.Text(name + "After"))}
}

func pageMarkFrom(item table.Item) PageMark {
	return PageMark{
		ID: item.Text("SK"), Last: pagePositionFrom(item, "last"), Next: pagePositionFrom(item, "next"),
		Pages: int(item.Int("pages")), Total: int(item.Int("total")), Moved: time.UnixMilli(item.Int("moved")),
	}
}

// Started returns when the page mark was created.
func (m PageMark) Started() time.Time {
	ms, _ := strconv.ParseInt(m.ID[:min(timeDigits, len(m.ID))], 10, 64)
	return time.UnixMilli(ms)
}

// Before reports whether the position p is before q.
func (p PagePosition) Before(q PagePosition) bool {
	return p.Type < q.Type || p.Type == q.Type && p.After < q.After
}
