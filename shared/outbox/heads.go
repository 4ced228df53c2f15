package outbox

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"scimserver/shared/table"
	"scimserver/shared/tenant"
)

// Head is the position of a feed: its newest event.
type Head struct {
	Tenant   tenant.ID // "" for the feed of the accounts
	Sequence int64     // of the newest event
	Time     time.Time // when the newest event was appended
}

// HeadsQuery selects heads.
type HeadsQuery struct {
	Since  time.Time // only feeds with an event appended at this time or later
	Cursor string    // the next value of the previous page; "" selects the first page
	Limit  int
}

// maxHeads is the number of heads after which a page ends, even if few of them match.
const maxHeads = 10_000

// ErrCursor reports a cursor that does not come from Heads.
var ErrCursor = errors.New("outbox: the cursor is malformed")

// Heads reads a page of the heads of all feeds. next is the cursor of the next page, or ""
// on the last page. A page may have fewer heads than the limit, or none, without being the
// last. The errors are ErrCursor and table.ErrUnavailable.
func Heads(ctx context.Context, db *table.DB, q HeadsQuery) (heads []Head, next string, err error) {
	shard, after, err := parseCursor(q.Cursor)
	r := &headsReader{query: q}
	for ; err == nil && shard < headShards; shard++ {
		err = db.Walk(ctx, table.Query{PK: headsPK(strconv.FormatInt(shard, 16)), After: after}, r.add)
		if r.full {
			return r.heads, fmt.Sprintf("%x/%s", shard, r.last), err
		}
		after = ""
	}
	return r.heads, "", err
}

// parseCursor reads a cursor: the shard, a slash, and the key of the last head.
func parseCursor(cursor string) (shard int64, after string, err error) {
	if cursor == "" {
		return 0, "", nil
	}
	digit, after, ok := strings.Cut(cursor, "/")
	shard, err = strconv.ParseInt(digit, 16, 8)
	if err != nil || !ok || shard < 0 || shard >= headShards || after != accountsSK && !tenant.ID(after).Valid() {
		return 0, "", ErrCursor
	}
	return shard, after, nil
}

// headsReader collects the heads of a page.
type headsReader struct {
	query HeadsQuery
	heads []Head
	read  int
	last  string // the sort key of the last head that was read
	full  bool
}

// add adds the heads that match, and reports whether there is room for more.
func (r *headsReader) add(items []table.Item, _ string) (bool, error) {
	for _, item := range items {
		r.last = item.Text("SK")
		r.read++
		if h := headFrom(item); h.sequence > 0 && !h.at.Before(r.query.Since) {
			r.heads = append(r.heads, Head{Tenant: tenantOf(r.last), Sequence: h.sequence, Time: h.at})
		}
		if r.full = len(r.heads) >= r.query.Limit || r.read >= maxHeads; r.full {
			return false, nil
		}
	}
	return true, nil
}
