package server

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// loadPage reads the resources of hits that were not kept, and limits the page by bytes. A
// resource that is gone or no longer matches is left out.
func (f *search) loadPage(ctx context.Context, hits []hit) (*result, error) {
	for _, p := range f.types {
		if err := p.load(ctx, f, hits); err != nil {
			return nil, err
		}
	}
	found, size := &result{}, 0
	for _, h := range hits {
		if found.more = size >= directory.MaxPageBytes; found.more {
			break
		}
		if found.end = h.position; h.resource == nil {
			continue
		}
		found.page, size = append(found.page, h), size+h.resource.Size()
	}
	return found, nil
}

// load reads the missing resources of one type.
func (p *typeSearch) load(ctx context.Context, f *search, hits []hit) error {
	var missing []scim.ID
	for _, h := range hits {
		if h.typeIndex == p.index && h.resource == nil {
			missing = append(missing, h.ID)
		}
	}
	if missing == nil {
		return nil
	}
	some, err := p.r.Directory.ByID(ctx, p.kind, missing)
	if err != nil {
		return err
	}
	read := map[scim.ID]*directory.Resource{}
	if p.plan.exact {
		for i := range some {
			read[some[i].ID] = &some[i]
		}
	} else if err := p.match(ctx, f, some, func(h hit) { read[h.ID] = h.resource }); err != nil {
		return err
	}
	for i, h := range hits {
		if h.typeIndex == p.index && h.resource == nil {
			hits[i].resource = read[h.ID]
		}
	}
	return nil
}
