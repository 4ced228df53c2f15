package server

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/sync/errgroup"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// answer answers with the resources of a page, as many as one answer holds.
func (f *search) answer(ctx context.Context, found *result) (*response, error) {
	var noted sync.WaitGroup
	if found.note != nil {
		noted.Go(func() { found.note(ctx, len(found.page)) })
	}
	edges, err := f.edges(ctx, found.page)
	noted.Wait()
	if err != nil {
		return nil, err
	}
	shown := f.render(found.page, edges)
	if n := len(shown); n < len(found.page) {
		found.page, found.end, found.more = found.page[:n], found.page[n-1].position, true
		if found.note != nil {
			found.note(ctx, n)
		}
	}
	body, err := f.message(found, shown)
	return &response{Status: http.StatusOK, Body: body}, err
}

// edges reads the edges of a page's resources as far as the answer shows them: of
// those first on the page for which there is room.
func (f *search) edges(ctx context.Context, page []hit) (map[scim.ID]scim.Value, error) {
	all := map[scim.ID]scim.Value{}
	var mu sync.Mutex
	work, ctx := errgroup.WithContext(ctx)
	for _, p := range f.parts {
		of := p.among(page)
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

// among returns the resources of a page that are of the part's type.
func (p *part) among(page []hit) (of []directory.Resource) {
	for _, h := range page {
		if h.part == p.place {
			of = append(of, *h.resource)
		}
	}
	return of
}

// render makes what the client sees of a page, cut before the first resource whose
// edges were not read and where the answer is full.
func (f *search) render(page []hit, edges map[scim.ID]scim.Value) (values []scim.Value) {
	size := 0
	for _, h := range page {
		p := f.parts[h.part]
		v, known := edges[h.ID]
		if !known && p.wantsEdges(p.r) {
			break
		}
		shown := p.shown(p.r, *h.resource, v)
		if size += shown.QuotedLen(); size > maxAnswer && len(values) > 0 {
			break
		}
		values = append(values, shown)
	}
	return values
}

// message is the body of the answer (RFC 7644 section 3.4.2, RFC 9865 section 2).
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
