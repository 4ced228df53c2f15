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

// search is a search under way.
type search struct {
	*Server
	r     *request
	q     query
	parts []*part
	// budget bounds the evaluation of the filter.
	budget *scim.Budget
}

// part is a search among the resources of one type.
type part struct {
	*endpoint
	r       *request // with what the answer shows of this type
	place   int      // among the parts
	matcher *filter.Matcher
	plan    plan
}

// searching makes the operation that searches the resources of some types, one type
// after the other (RFC 7644 sections 3.4.2, 3.4.2.1 and 3.4.3). The parameters are
// the request's.
func (s *Server) searching(over ...*endpoint) operation {
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
		p, err := f.part(e, len(over) > 1)
		if err != nil {
			return nil, err
		}
		p.sorted(q.order)
		p.place, f.parts = i, append(f.parts, p)
	}
	return f, nil
}

// part prepares the search among the resources of one type; as one of several it
// takes attributes that the type lacks as absent (RFC 7644 section 3.4.2.1).
func (f *search) part(e *endpoint, ofSeveral bool) (*part, error) {
	own := *f.r
	p := &part{endpoint: e, r: &own}
	if err := e.project(p.r, nil); err != nil {
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

// sorted makes sure that a part has the edges by which it is sorted.
func (p *part) sorted(by *order.Order) {
	if by != nil && by.By(p.typ, p.edgeAttr) {
		p.plan.edges, p.plan.asks = p.stored.edges(p.r), false
	}
}

// result is a page that was found.
type result struct {
	total int // of all that was found
	page  []hit
	more  bool     // others follow the page
	end   position // of what was looked at last for the page
	seen  int      // resources before the page, where it was found by a cursor
	// note keeps what the next page is found by, given how many resources of this one
	// are shown; nil where there is nothing to keep.
	note func(ctx context.Context, shown int)
}

// hit is a resource that was found.
type hit struct {
	position
	resource *directory.Resource // nil where it was not kept
}

// position is where a resource stands in a search.
type position struct {
	part int
	order.Entry
}

// find finds the page that the query asks for.
func (f *search) find(ctx context.Context) (*result, error) {
	if f.q.cursor != nil {
		return f.follow(ctx)
	}
	if f.isList() {
		return f.list(ctx)
	}
	return f.matching(ctx)
}

// isList reports whether the search is for all resources in the usual order.
func (f *search) isList() bool {
	_, filtered := f.r.filter()
	return !filtered && f.q.order == nil
}

// compare returns -1, 0 or 1 as a stands before, at or behind b.
func (f *search) compare(a, b position) int {
	if f.q.order == nil {
		if a.part != b.part {
			return a.part - b.part
		}
		return strings.Compare(string(a.ID), string(b.ID))
	}
	return f.q.order.Compare(a.Entry, b.Entry)
}

// tooMany says which filters read or compare less, if that is what an error is about.
func (f *search) tooMany(err error) error {
	if errors.Is(err, scim.ErrBudget) {
		return scim.TooMany("this filter compares more text than one request may; send one with fewer terms, or add one of " +
			f.advice() + " to it with and")
	}
	if !errors.Is(err, directory.ErrTooMany) {
		return err
	}
	return scim.TooMany(fmt.Sprintf("this query reads more than %d resources one by one, or for too long; one with %s among conditions joined by and, "+
		"or in every condition joined by or, reads a few", directory.MaxScanned, f.advice()))
}

// advice names filters that go to keys.
func (f *search) advice() string {
	var advice []string
	for _, p := range f.parts {
		advice = append(advice, p.advice)
	}
	return strings.Join(advice, " or ")
}

func types(over []*endpoint) []*schema.ResourceType {
	all := make([]*schema.ResourceType, len(over))
	for i, e := range over {
		all[i] = e.typ
	}
	return all
}
