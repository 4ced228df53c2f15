package admin

import (
	"context"
	"unicode/utf8"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// ConnectHolder lets the provider's next request take over who holds the values, and
// says who that is. by is who approves it.
func (s *Service) ConnectHolder(ctx context.Context, id tenant.ID, conflict directory.ConflictID, by string, in Connection) (Conflict, error) {
	if err := s.changeable(ctx, id); err != nil {
		return Conflict{}, err
	}
	c, err := s.Directory.For(id).Conflicts().Approve(ctx, conflict, by, in.Holder)
	out, err := resolved(id)(c, err)
	if err != nil {
		return Conflict{}, err
	}
	out.Now = &HolderNow{Holds: true}
	return out, s.identify(ctx, c.Holder, out.Now)
}

// DismissConflict takes a conflict out of the way.
func (s *Service) DismissConflict(ctx context.Context, id tenant.ID, conflict directory.ConflictID, by string) (Conflict, error) {
	if err := s.exists(ctx, id); err != nil {
		return Conflict{}, err
	}
	return resolved(id)(s.Directory.For(id).Conflicts().Dismiss(ctx, conflict, by))
}

// ReleaseValues takes the values away from who holds them.
func (s *Service) ReleaseValues(ctx context.Context, id tenant.ID, conflict directory.ConflictID, in Release) (Conflict, error) {
	if err := s.changeable(ctx, id); err != nil {
		return Conflict{}, err
	}
	c, err := s.Directory.For(id).Conflicts().Get(ctx, conflict)
	if err != nil {
		return Conflict{}, err
	}
	if err := in.fits(c.HolderKind(id)); err != nil {
		return Conflict{}, err
	}
	if c.HolderKind(id) == "user" && in.Confirm != c.Holder.ID {
		return Conflict{}, invalid("this takes values from user %s: repeat its id as confirm", c.Holder.ID)
	}
	with, err := in.replacement()
	if err != nil {
		return Conflict{}, err
	}
	return resolved(id)(s.Directory.For(id).Conflicts().Release(ctx, conflict, with))
}

// DeleteHolder deletes the account, team or deactivated user that holds the values. confirm repeats its id.
func (s *Service) DeleteHolder(ctx context.Context, id tenant.ID, conflict directory.ConflictID, in HolderDeletion) (Conflict, error) {
	if in.Confirm == "" {
		return Conflict{}, invalid("this deletes who holds the value: repeat the id, the conflict's holder, as confirm")
	}
	if err := s.changeable(ctx, id); err != nil {
		return Conflict{}, err
	}
	return resolved(id)(s.Directory.For(id).Conflicts().DeleteHolder(ctx, conflict, in.Confirm))
}

// resolved shows a conflict as it stands, unless it could not be resolved in that way.
func resolved(id tenant.ID) func(directory.Conflict, error) (Conflict, error) {
	return func(c directory.Conflict, err error) (Conflict, error) {
		if err != nil {
			return Conflict{}, err
		}
		return shownConflict(id, c), nil
	}
}

// fits refuses what the kind of holder does not have. What can give up nothing at all
// is refused later, with the reason.
func (in Release) fits(heldBy string) error {
	switch {
	case heldBy == "account" && in.DisplayName != nil:
		return invalid("displayName is for a team; this conflict is held by an account")
	case heldBy == "user" && in.DisplayName != nil:
		return invalid("displayName is for a team; this conflict is held by a user")
	case heldBy == "team" && in.UserName != nil:
		return invalid("userName is for an account; this conflict is held by a team")
	case heldBy == "team" && in.Email != nil:
		return invalid("email is for an account; this conflict is held by a team")
	}
	return nil
}

// replacement checks what the holder is to get.
func (in Release) replacement() (with directory.Replacement, err error) {
	set(&with.UserName, in.UserName)
	set(&with.Email, in.Email)
	set(&with.DisplayName, in.DisplayName)
	switch {
	case in.UserName != nil && *in.UserName == "", in.Email != nil && *in.Email == "", in.DisplayName != nil && *in.DisplayName == "":
		err = invalid("what is given must not be empty: leave it out")
	case utf8.RuneCountInString(with.UserName) > maxUserName:
		err = invalid("userName has more than %d characters", maxUserName)
	case in.Email != nil && !mailable(with.Email):
		err = invalid("email: %q is no email address of at most %d bytes", with.Email, maxEmail)
	case in.DisplayName != nil && !written(with.DisplayName):
		err = unwritten("displayName")
	}
	return with, err
}
