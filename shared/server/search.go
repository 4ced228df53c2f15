package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/order"
	"scimserver/shared/scim/schema"
)

// search is one search request.
type search struct {
	*Server
	r     *request
	q     query
	types []*typeSearch
	// budget limits the evaluation of the filter.
	budget *scim.Budget
}

// typeSearch is the part of a search that concerns one resource type.
type typeSearch struct {
	*endpoint
	r       *request // with the projection of this type
	index   int      // in search.types
	matcher *filter.Matcher
	plan    plan
}

// searchOperation makes the operation that searches the resources of the given types, one type
// after the other (RFC 7644 sections 3.4.2, 3.4.2.1 and 3.4.3).
func (s *Server) searchOperation(over ...*endpoint) operation {
	return func(ctx context.Context, r *request) (*response, error) {
		f, err := s.newSearch(r, over)
		if err != nil {
			return nil, err
		}
		f.budget = newBudget(ctx)
		found, err := f.find(ctx)
		if err != nil {
			return nil, f.tooMany(err)
		}
		return f.answer(ctx, found)
	}
}

func (s *Server) newSearch(r *request, over []*endpoint) (*search, error) {
	q, err := readQuery(r, over)
	if err != nil {
		return nil, err
	}
	f := &search{Server: s, r: r, q: q}
	for i, e := range over {
		p, err := f.newTypeSearch(e, len(over) > 1)
		if err != nil {
			return nil, err
		}
		p.loadSortedEdges(q.order)
		p.index, f.types = i, append(f.types, p)
	}
	return f, nil
}

// newTypeSearch prepares the search in one resource type. In a search of several types, an
// attribute that the type lacks counts as absent (RFC 7644 section 3.4.2.1).
func (f *search) newTypeSearch(e *endpoint, ofSeveral bool) (*typeSearch, error) {
	own := *f.r
	p := &typeSearch{endpoint: e, r: &own}
	if err := e.setProjection(p.r, nil); err != nil {
		return nil, err
	}
	expr, err := e.readFilter(f.r)
	if err != nil || expr == nil {
		return p, err
	}
	if p.matcher, err = filter.Compile(expr, e.typ, filter.Options{UnknownIsAbsent: ofSeveral}); err != nil {
		return nil, err
	}
	p.plan = e.plan(p.r, expr)
	return p, nil
}

// loadSortedEdges makes the search read all edges if it sorts by them.
func (p *typeSearch) loadSortedEdges(by *order.Order) {
	if by != nil && by.By(p.typ, p.edgeAttr) {
		p.plan.edges, p.plan.filterEdgesOnly = p.stored.filterEdges(p.r), false
	}
}

// result is the page that a search has found.
type result struct {
	total int // matching resources, on all pages
	page  []hit
	more  bool     // there is another page
	end   position // of the last resource considered for the page
	seen  int      // resources on earlier pages, if the page was found by a cursor
	// saveMark saves the page mark of the next page. shown is the number of resources in the
	// answer. saveMark is nil if there is nothing to save.
	saveMark func(ctx context.Context, shown int)
}

// hit is a resource that a search found.
type hit struct {
	position
	resource *directory.Resource // nil if it has to be read again
}

// position is the place of a resource in the order of a search.
type position struct {
	typeIndex int
	order.Entry
}

// find finds the page that the query asks for.
func (f *search) find(ctx context.Context) (*result, error) {
	if f.q.cursor != nil {
		return f.findByCursor(ctx)
	}
	if f.isList() {
		return f.list(ctx)
	}
	return f.findMatching(ctx)
}

// isList reports whether the search lists all resources in the default order.
func (f *search) isList() bool {
	_, filtered := f.r.filter()
	return !filtered && f.q.order == nil
}

// compare returns a negative number, 0 or a positive number if a comes before, at or after b.
func (f *search) compare(a, b position) int {
	if f.q.order == nil {
		if a.typeIndex != b.typeIndex {
			return a.typeIndex - b.typeIndex
		}
		return strings.Compare(string(a.ID), string(b.ID))
	}
	return f.q.order.Compare(a.Entry, b.Entry)
}

// tooMany turns errors about too much work into errors that say which filters need less work.
func (f *search) tooMany(err error) error {
	if errors.Is(err, scim.ErrBudget) {
		return scim.TooMany("this filter compares more text than one request is allowed to; " +
			"use fewer terms, or add one of " + f.indexedFilters() + " with and")
	}
	if !errors.Is(err, directory.ErrTooMany) {
		return err
	}
	return scim.TooMany(fmt.Sprintf("this query would read more than %d resources, or take too long; "+
		"add a condition with and, such as %s, so that it reads fewer", directory.MaxScanned, f.indexedFilters()))
}

// indexedFilters names the filters that are answered by an index.
func (f *search) indexedFilters() string {
	var filters []string
	for _, p := range f.types {
		filters = append(filters, p.indexedFilters)
	}
	return strings.Join(filters, " or ")
}

func resourceTypes(over []*endpoint) []*schema.ResourceType {
	all := make([]*schema.ResourceType, len(over))
	for i, e := range over {
		all[i] = e.typ
	}
	return all
}
