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

// Place is where a page begins that a client asks for by its index.
type Place struct {
	Index int     // of the first resource of the page, from 1
	Type  int     // which of the types that are searched one after the other
	After scim.ID // the resource of that type behind which the page begins, "" at the first
}

// Journey is a client's way through pages by index: where the page began that was
// read last, and where the next one begins. What is created or deleted meanwhile
// moves indexes, but not the order of ids: who follows a journey misses none of the
// resources that exist throughout, and meets none twice.
type Journey struct {
	ID         string // of the journey; later ones have greater ids
	Last, Next Place
	Pages      int       // that were read
	Total      int       // of all resources at the first page, where it is not counted anew
	Moved      time.Time // when the last one was
}

// The life of journeys and the number of them that are looked at.
const (
	journeyLife = 15 * time.Minute
	maxJourneys = 200
	begunDigits = 14 // of an id, which say when the journey began
)

// Journeys reads the latest journeys of a kind, which says who searches for what in
// pages of which size. The error is ErrUnavailable.
func (t *Tenant) Journeys(ctx context.Context, kind string) (all []Journey, err error) {
	items, _, err := t.d.db.Query(ctx, table.Query{PK: t.journeyPK(kind), Limit: maxJourneys, Backward: true})
	for _, item := range items {
		if item.Int("expires") > t.d.now().Unix() {
			all = append(all, journeyFrom(item))
		}
	}
	return all, err
}

// NewJourney returns a journey that begins now.
func (t *Tenant) NewJourney() Journey {
	return Journey{ID: fmt.Sprintf("%0*d", begunDigits, t.d.now().UnixMilli()) + rand.Text()[:8]}
}

// PutJourney stores how far a journey has come. Of two that come to different places
// by the same index, as a request that is sent twice may, the one that misses
// nothing stays. The error is ErrUnavailable.
func (t *Tenant) PutJourney(ctx context.Context, kind string, j Journey) error {
	now := t.d.now()
	item := table.Item{"pages": int64(j.Pages), "total": int64(j.Total), "moved": now.UnixMilli(), "expires": now.Add(journeyLife).Unix()}
	putPlace(item, "last", j.Last)
	putPlace(item, "next", j.Next)
	err := t.d.db.Write(ctx, func(table.Stamp) table.Write {
		return table.Put(table.Key{PK: t.journeyPK(kind), SK: j.ID}, item).
			WithCondition("attribute_not_exists(PK) OR #nextIndex <> :index OR #nextType > :type OR #nextType = :type AND #nextAfter > :after",
				table.Item{"index": int64(j.Next.Index), "type": int64(j.Next.Type), "after": string(j.Next.After)})
	})
	if table.FailedConditions(err) != nil {
		return nil
	}
	return err
}

func putPlace(item table.Item, name string, p Place) {
	item[name+"Index"], item[name+"Type"], item[name+"After"] = int64(p.Index), int64(p.Type), string(p.After)
}

func placeFrom(item table.Item, name string) Place {
	return Place{int(item.Int(name + "Index")), int(item.Int(name + "Type")), scim.ID(item.Text(name + "After"))}
}

func journeyFrom(item table.Item) Journey {
	return Journey{
		ID: item.Text("SK"), Last: placeFrom(item, "last"), Next: placeFrom(item, "next"),
		Pages: int(item.Int("pages")), Total: int(item.Int("total")), Moved: time.UnixMilli(item.Int("moved")),
	}
}

// Begun returns when the journey began.
func (j Journey) Begun() time.Time {
	ms, _ := strconv.ParseInt(j.ID[:min(begunDigits, len(j.ID))], 10, 64)
	return time.UnixMilli(ms)
}

// Before reports whether a page at p shows all that one at q shows, and more.
func (p Place) Before(q Place) bool {
	return p.Type < q.Type || p.Type == q.Type && p.After < q.After
}
