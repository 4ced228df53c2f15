package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
)

// defaultCount is the size of a page for which the client names none.
const defaultCount = 100

// query is what a search asks for.
type query struct {
	filter string
	start  int // of the page, from 1
	count  int // of its resources, from 0
}

// search answers queries on an endpoint (RFC 7644 section 3.4.2).
func (e *endpoint) search(ctx context.Context, r *request) (*response, error) {
	q, err := readQuery(r)
	if err != nil {
		return nil, err
	}
	find := e.list
	if r.URL.Query().Has("filter") {
		find = e.filtered
	}
	found, err := find(ctx, r, q)
	if err != nil {
		return nil, e.tooMany(err)
	}
	return e.answer(ctx, r, q, found)
}

// result is a page of resources, the number of all that were found, and what reads
// their edges for the answer.
type result struct {
	total int
	page  []directory.Resource
	edges relation
}

// tooMany says which filters read less, if that is what an error is about.
func (e *endpoint) tooMany(err error) error {
	if errors.Is(err, directory.ErrTooMany) {
		return scim.TooMany(fmt.Sprintf("this query reads more than %d resources one by one; one with %s among conditions joined by and reads a few",
			directory.MaxScanned, e.advice))
	}
	return err
}

// searchByPost is not offered yet.
func (e *endpoint) searchByPost(context.Context, *request) (*response, error) {
	return nil, scim.NotImplemented("this service does not offer searches by POST yet")
}

// readQuery reads the parameters of RFC 7644 section 3.4.2.4, bounded.
func readQuery(r *request) (q query, err error) {
	values := r.URL.Query()
	if q.start, err = number(values.Get("startIndex"), "startIndex", 1); err != nil {
		return q, err
	}
	if q.count, err = number(values.Get("count"), "count", defaultCount); err != nil {
		return q, err
	}
	q.filter, q.start, q.count = values.Get("filter"), max(1, q.start), min(max(0, q.count), directory.MaxResults)
	return q, nil
}

// number reads a paging parameter; one that is not sent has its default.
func number(text, name string, fallback int) (int, error) {
	if text = strings.TrimSpace(text); text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, scim.InvalidValue(name + " must be an integer")
	}
	return n, nil
}

// list returns a page of all resources of the tenant.
func (e *endpoint) list(ctx context.Context, r *request, q query) (found result, err error) {
	found.edges = e.stored.edges(r, maxEdges)
	if found.total, err = e.stored.count(ctx, r); err != nil {
		return found, err
	}
	if q.start > found.total {
		q.count = 0
	}
	found.page, err = e.stored.page(ctx, r, q.start-1, q.count)
	if n := len(found.page); n > 0 { // created since the count
		found.total = max(found.total, q.start-1+n)
	}
	return found, err
}

// filtered returns a page of the resources that match a filter.
func (e *endpoint) filtered(ctx context.Context, r *request, q query) (found result, err error) {
	expr, err := e.parseFilter(r, q.filter)
	if err != nil {
		return found, err
	}
	matcher, err := filter.Compile(expr, e.typ, filter.Options{})
	if err != nil {
		return found, err
	}
	p := e.plan(r, expr)
	if p.find != nil {
		if p.keyed, err = p.find(ctx); err != nil {
			return found, err
		}
	}
	if found.edges = e.stored.edges(r, maxEdges); p.asks {
		found.edges = p.edges
	}
	if p.keyed.ids != nil && p.exact {
		err := e.cut(ctx, r, q, p.keyed.ids, &found)
		return found, err
	}
	size := 0
	err = e.matching(ctx, r, p, matcher, func(one directory.Resource) {
		if found.total++; found.total >= q.start && len(found.page) < q.count && size < directory.MaxPageBytes {
			found.page = append(found.page, one)
			size += one.Size()
		}
	})
	return found, err
}

// cut reads the page of resources whose ids are known.
func (e *endpoint) cut(ctx context.Context, r *request, q query, ids []scim.ID, found *result) (err error) {
	found.total = len(ids)
	first := min(q.start-1, len(ids))
	found.page, err = e.stored.byID(ctx, r, ids[first:min(first+q.count, len(ids))])
	size := 0
	for i, one := range found.page {
		if size += one.Size(); size > directory.MaxPageBytes {
			found.page = found.page[:i+1]
			break
		}
	}
	return err
}

// parseFilter reads a filter, repaired where the tenant's profile allows.
func (e *endpoint) parseFilter(r *request, text string) (filter.Expr, error) {
	if r.tolerant() {
		return r.event.repairs.Filter(e.typ, text)
	}
	return filter.Parse(text)
}

// answer answers with resources, as many of them as one answer holds.
func (e *endpoint) answer(ctx context.Context, r *request, q query, found result) (*response, error) {
	edges := make([]scim.Value, len(found.page))
	if len(found.page) > 0 && e.wantsEdges(r) {
		var err error
		if edges, err = found.edges(ctx, found.page); err != nil {
			return nil, err
		}
	}
	var values []scim.Value
	size := 0
	for i, v := range edges {
		shown := e.shown(r, found.page[i], v)
		if size += shown.Len(); size > maxAnswer && i > 0 {
			break
		}
		values = append(values, shown)
	}
	return &response{Status: http.StatusOK, Body: scim.ListResponse(found.total, q.start, values)}, nil
}
