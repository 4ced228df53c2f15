package server

import (
	"math"
	"strconv"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/order"
)

// defaultCount is the page size if the client sends no count.
const defaultCount = 100

// query holds the parameters of a search (RFC 7644 section 3.4.2), from the URL or from the body
// of a .search.
type query struct {
	order  *order.Order // nil means by type and id
	start  int          // startIndex, from 1
	count  int          // the maximum number of resources on the page
	cursor *string      // used instead of start (RFC 9865); "" means the first page
	// countSent says that the client sent count.
	countSent bool
}

// readQuery reads the parameters of a search.
func readQuery(r *request, over []*endpoint) (q query, err error) {
	if q.order, err = readOrder(r, over); err != nil {
		return q, err
	}
	return q, q.readPaging(r)
}

// filter returns the filter of a request and whether there is one.
func (r *request) filter() (text string, sent bool) {
	all, sent := r.parameters["filter"]
	if !sent || r.tolerant() && r.event.repairs.NoFilter(all) {
		return "", false
	}
	return r.parameters.Get("filter"), true
}

// readFilter reads the filter for one resource type and repairs it if the tenant's profile allows.
// It returns nil if there is no filter.
func (e *endpoint) readFilter(r *request) (filter.Expr, error) {
	text, sent := r.filter()
	if !sent {
		return nil, nil
	}
	if r.tolerant() {
		return r.event.repairs.Filter(e.typ, text)
	}
	return filter.Parse(text)
}

// readOrder reads sortBy and sortOrder. Without sortBy, sortOrder has no meaning (RFC 7644 section
// 3.4.2.3).
func readOrder(r *request, over []*endpoint) (*order.Order, error) {
	by := r.parameters.Get("sortBy")
	if strings.TrimSpace(by) == "" {
		return nil, nil
	}
	for _, e := range over {
		if r.tolerant() {
			by = r.event.repairs.Parameters(e.typ, []string{by})[0]
		}
	}
	return order.Parse(by, r.parameters.Get("sortOrder"), resourceTypes(over)...)
}

// readPaging reads startIndex or cursor, and count. A negative count means 0, and one above the
// maximum means the maximum (RFC 7644 section 3.4.2.4, RFC 9865 section 2).
func (q *query) readPaging(r *request) (err error) {
	invalid := scim.InvalidValue
	if r.parameters.Has("cursor") {
		cursor := r.parameters.Get("cursor")
		q.cursor, invalid = &cursor, scim.InvalidCount
		if r.parameters.Has("startIndex") {
			return scim.InvalidValue("cursor and startIndex cannot be used together; send one of them")
		}
	}
	if q.start, _, err = number(r, "startIndex", 1, scim.InvalidValue); err != nil {
		return err
	}
	if q.count, q.countSent, err = number(r, "count", defaultCount, invalid); err != nil {
		return err
	}
	q.count = min(max(0, q.count), directory.MaxResults)
	q.start = min(max(1, q.start), math.MaxInt-q.count) // so that start+count does not overflow
	return nil
}

// number reads a paging parameter, or returns fallback if the client did not send it. invalid makes the
// error for a text that is not an integer.
func number(r *request, name string, fallback int, invalid func(string) *scim.Error) (n int, sent bool, err error) {
	text := strings.TrimSpace(r.parameters.Get(name))
	if text == "" {
		return fallback, false, nil
	}
	if n, err = strconv.Atoi(text); err != nil {
		return 0, true, invalid(name + " must be an integer")
	}
	return n, true, nil
}
