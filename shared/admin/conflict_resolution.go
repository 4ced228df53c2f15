package admin

import (
	"context"
	"unicode/utf8"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

// ConnectHolder approves that the provider's next request takes over the holder of the values. by
// is the operator who approves it.
func (s *Service) ConnectHolder(
	ctx context.Context, id tenant.ID, conflict directory.ConflictID, by string, in Connection,
) (Conflict, error) {
	if err := s.requireChangeable(ctx, id); err != nil {
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

// DismissConflict marks a conflict as dismissed.
func (s *Service) DismissConflict(
	ctx context.Context, id tenant.ID, conflict directory.ConflictID, by string,
) (Conflict, error) {
	if err := s.requireTenant(ctx, id); err != nil {
		return Conflict{}, err
	}
	return resolved(id)(s.Directory.For(id).Conflicts().Dismiss(ctx, conflict, by))
}

// ReleaseValues releases the values from their holder.
func (s *Service) ReleaseValues(
	ctx context.Context, id tenant.ID, conflict directory.ConflictID, in Release,
) (Conflict, error) {
	if err := s.requireChangeable(ctx, id); err != nil {
		return Conflict{}, err
	}
	c, err := s.Directory.For(id).Conflicts().Get(ctx, conflict)
	if err != nil {
		return Conflict{}, err
	}
	if err := in.checkHolder(c.HolderKind(id)); err != nil {
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

// DeleteHolder deletes the account, team or deactivated user that holds the values. The body must
// confirm the holder's id.
func (s *Service) DeleteHolder(
	ctx context.Context, id tenant.ID, conflict directory.ConflictID, in HolderDeletion,
) (Conflict, error) {
	if in.Confirm == "" {
		return Conflict{}, invalid("this deletes the holder of the value: repeat the holder's id as confirm")
	}
	if err := s.requireChangeable(ctx, id); err != nil {
		return Conflict{}, err
	}
	return resolved(id)(s.Directory.For(id).Conflicts().DeleteHolder(ctx, conflict, in.Confirm))
}

// resolved converts a resolved conflict to the API's type, unless there was an error.
func resolved(id tenant.ID) func(directory.Conflict, error) (Conflict, error) {
	return func(c directory.Conflict, err error) (Conflict, error) {
		if err != nil {
			return Conflict{}, err
		}
		return toConflict(id, c), nil
	}
}

// checkHolder refuses replacements that do not fit the kind of holder. The directory refuses
// holders that cannot release anything.
func (in Release) checkHolder(heldBy string) error {
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

// replacement reads and checks the values that the holder gets instead.
func (in Release) replacement() (with directory.Replacement, err error) {
	setIfGiven(&with.UserName, in.UserName)
	setIfGiven(&with.Email, in.Email)
	setIfGiven(&with.DisplayName, in.DisplayName)
	switch {
	case in.UserName != nil && *in.UserName == "", in.Email != nil && *in.Email == "",
		in.DisplayName != nil && *in.DisplayName == "":
		err = invalid("userName, email and displayName must not be empty: leave them out")
	case utf8.RuneCountInString(with.UserName) > maxUserName:
		err = invalid("userName has more than %d characters", maxUserName)
	case in.Email != nil && !plausibleEmail(with.Email):
		err = invalid("email: %q is not an email address of at most %d bytes", with.Email, maxEmail)
	case in.DisplayName != nil && !validName(with.DisplayName):
		err = invalidName("displayName")
	}
	return with, err
}
