package admin

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// Groups returns a page of a tenant's groups. The identity provider manages them; this API cannot
// change them.
func (s *Service) Groups(ctx context.Context, id tenant.ID, after scim.ID, limit int) (GroupList, error) {
	out := GroupList{Groups: []Group{}}
	if err := s.requireTenant(ctx, id); err != nil {
		return out, err
	}
	page, more, err := s.Directory.For(id).Page(ctx, directory.GroupKind, after, limit)
	for _, r := range page {
		out.Groups = append(out.Groups, toGroup(r))
		if more {
			out.Next = r.ID
		}
	}
	return out, err
}

// Group returns one group of a tenant.
func (s *Service) Group(ctx context.Context, id tenant.ID, group scim.ID) (Group, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return Group{}, err
	}
	g, err := s.Directory.For(id).Groups().Get(ctx, group)
	return toGroup(g.Resource), err
}

func toGroup(r directory.Resource) Group {
	return Group{
		ID: r.ID, Name: r.Doc.Get("displayName").Text(), ManagedBy: bySCIM, ExternalID: r.Doc.Get("externalId").Text(),
		Created: r.Created, Modified: r.LastModified,
	}
}
