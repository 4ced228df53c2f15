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
	out, err := s.newGroupList(ctx, id)
	if err != nil {
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

// newGroupList starts a list: the tenant's newest event is read before any group.
func (s *Service) newGroupList(ctx context.Context, id tenant.ID) (out GroupList, err error) {
	out.Groups = []Group{}
	if err = s.requireTenant(ctx, id); err == nil {
		out.AsOf, err = s.Directory.For(id).Events().Head(ctx)
	}
	return out, err
}

// GroupByName returns the group with a name, compared without case, if there is one.
func (s *Service) GroupByName(ctx context.Context, id tenant.ID, name string) (GroupList, error) {
	out, err := s.newGroupList(ctx, id)
	if err != nil {
		return out, err
	}
	found, err := s.Directory.For(id).Groups().ByName(ctx, name)
	for _, g := range found {
		out.Groups = append(out.Groups, toGroup(g.Resource))
	}
	return out, err
}

// Group returns one group of a tenant with a page of its members.
func (s *Service) Group(
	ctx context.Context, id tenant.ID, group scim.ID, after string, limit int,
) (GroupDetails, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return GroupDetails{}, err
	}
	g, members, next, err := s.Directory.For(id).Groups().MemberPage(ctx, group, after, limit)
	if err != nil {
		return GroupDetails{}, err
	}
	named, err := s.nameMembers(ctx, id, members)
	return GroupDetails{Group: toGroup(g.Resource), Members: named, Next: next}, err
}

// nameMembers adds the names of members. It leaves out those who are being deleted.
func (s *Service) nameMembers(ctx context.Context, id tenant.ID, members []directory.Member) ([]GroupMember, error) {
	t, names := s.Directory.For(id), map[scim.ID]string{}
	for kind, attribute := range map[directory.Kind]string{
		directory.UserKind: "userName", directory.GroupKind: "displayName",
	} {
		var ids []scim.ID
		for _, m := range members {
			if m.Kind == kind {
				ids = append(ids, m.ID)
			}
		}
		found, err := t.ByID(ctx, kind, ids)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			names[r.ID] = r.Doc.Get(attribute).Text()
		}
	}
	out := []GroupMember{}
	for _, m := range members {
		if name, exists := names[m.ID]; exists {
			out = append(out, GroupMember{ID: m.ID, Kind: kindName(m.Kind), Name: name})
		}
	}
	return out, nil
}

func toGroup(r directory.Resource) Group {
	return Group{
		ID: r.ID, Name: r.Doc.Get("displayName").Text(), ManagedBy: bySCIM, ExternalID: r.Doc.Get("externalId").Text(),
		Created: r.Created, Modified: r.LastModified, Version: r.Version,
	}
}
