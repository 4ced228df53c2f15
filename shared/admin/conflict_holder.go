package admin

import (
	"context"
	"errors"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// holder reads who holds the values of a conflict now.
func (s *Service) holder(
	ctx context.Context, id tenant.ID, c directory.Conflict,
) (directory.Conflict, *HolderNow, error) {
	out := &HolderNow{Holds: true}
	c, err := s.Directory.For(id).Conflicts().Refresh(ctx, c)
	if refused, ok := errors.AsType[*directory.ResolutionError](err); ok {
		out.Holds, out.Reason, err = false, refused.Reason, nil
	}
	if err == nil {
		err = s.identify(ctx, c.Holder, out)
	}
	return c, out, err
}

// identify adds the holder's name, unless the holder no longer exists.
func (s *Service) identify(ctx context.Context, h directory.Holder, now *HolderNow) error {
	err := s.describe(ctx, h, now)
	if errors.Is(err, directory.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Service) describe(ctx context.Context, h directory.Holder, now *HolderNow) error {
	if h.Kind == directory.AccountKind {
		a, err := s.Directory.Accounts().Get(ctx, h.ID)
		if err != nil {
			return err
		}
		shown := toAccount(a)
		now.Name, now.Account = shown.UserName, &shown
		return nil
	}
	t := s.Directory.For(h.Tenant)
	switch h.Kind {
	case directory.UserKind:
		u, err := t.Users().Get(ctx, h.ID)
		now.Name, now.Deactivated = u.Doc.Get("userName").Text(), directory.Deactivated(u.Doc)
		return err
	case directory.GroupKind:
		g, err := t.Groups().Get(ctx, h.ID)
		now.Name = g.Doc.Get("displayName").Text()
		return err
	}
	team, err := t.Teams().Get(ctx, h.ID)
	now.Name = team.Name()
	return err
}
