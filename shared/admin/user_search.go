package admin

import (
	"context"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// FindPersons searches all tenants and the accounts for a value. It shows each user and each
// account that has the value: nothing says that users of two tenants are the same person.
func (s *Service) FindPersons(
	ctx context.Context, q directory.LocateQuery, after tenant.ID,
) (FoundPersons, error) {
	found, err := s.Directory.Locate(ctx, q, after)
	out := FoundPersons{Users: []FoundPerson{}, Next: found.Next, More: found.Cut}
	for _, p := range found.Persons {
		out.Users = append(out.Users, FoundPerson{
			Kind: kindName(p.Kind), Tenant: p.Tenant, User: userSummary(p.Resource),
		})
	}
	return out, err
}
