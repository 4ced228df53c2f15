package server

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// answer answers with the resources of a page, as many as fit into one answer.
func (f *search) answer(ctx context.Context, found *result) (*response, error) {
	var saving sync.WaitGroup
	if found.saveMark != nil {
		saving.Go(func() { found.saveMark(ctx, len(found.page)) })
	}
	edges, err := f.pageEdges(ctx, found.page)
	saving.Wait()
	if err != nil {
		return nil, err
	}
	shown := f.render(found.page, edges)
	if n := len(shown); n < len(found.page) {
		found.page, found.end, found.more = found.page[:n], found.page[n-1].position, true
		if found.saveMark != nil {
			found.saveMark(ctx, n)
		}
	}
	body, err := f.message(found, shown)
	return &response{Status: http.StatusOK, Body: body}, err
}

// pageEdges reads the edges that the answer includes, for as many of the page's resources as there
// is room for.
func (f *search) pageEdges(ctx context.Context, page []hit) (map[scim.ID]scim.Value, error) {
	all := map[scim.ID]scim.Value{}
	var mu sync.Mutex
	work, ctx := errgroup.WithContext(ctx)
	for _, p := range f.types {
		of := p.ownResources(page)
		if len(of) == 0 || !p.wantsEdges(p.r) {
			continue
		}
		work.Go(func() error {
			values, err := p.shownEdges()(ctx, of)
			mu.Lock()
			defer mu.Unlock()
			for i, v := range values {
				all[of[i].ID] = v
			}
			return err
		})
	}
	return all, work.Wait()
}

// ownResources returns the resources of a page that have this type.
func (p *typeSearch) ownResources(page []hit) (of []directory.Resource) {
	for _, h := range page {
		if h.typeIndex == p.index {
			of = append(of, *h.resource)
		}
	}
	return of
}

// render returns what the client sees of a page. It stops before a resource whose edges were not
// read, and when the answer is full.
func (f *search) render(page []hit, edges map[scim.ID]scim.Value) (values []scim.Value) {
	size := 0
	for _, h := range page {
		p := f.types[h.typeIndex]
		v, known := edges[h.ID]
		if !known && p.wantsEdges(p.r) {
			break
		}
		shown := p.representation(p.r, *h.resource, v)
		if size += shown.QuotedLen(); size > maxAnswer && len(values) > 0 {
			break
		}
		values = append(values, shown)
	}
	return values
}

// message returns the body of the answer (RFC 7644 section 3.4.2, RFC 9865 section 2).
func (f *search) message(found *result, shown []scim.Value) (scim.Value, error) {
	if f.q.cursor == nil {
		return scim.ListResponse(found.total, f.q.start, shown), nil
	}
	members := []scim.Member{
		{Name: "schemas", Value: scim.Texts(scim.ListResponseMessage)},
		{Name: "totalResults", Value: scim.Int(found.total)},
		{Name: "itemsPerPage", Value: scim.Int(len(shown))},
	}
	if found.more {
		next, err := f.nextCursor(found)
		if err != nil {
			return scim.Value{}, err
		}
		members = append(members, scim.Member{Name: "nextCursor", Value: scim.Text(next)})
	}
	return scim.Map(append(members, scim.Member{Name: "Resources", Value: scim.List(shown...)})...), nil
}
