package admin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// PasswordCheck is the body that asks whether a password is right.
type PasswordCheck struct {
	Tenant   tenant.ID `json:"tenant,omitempty"` // "" for an account of the application
	UserName string    `json:"userName,omitempty"`
	Email    string    `json:"email,omitempty"` // instead of userName
	Password string    `json:"password"`
}

// PasswordChecked is the answer. It never says why a password is not valid.
type PasswordChecked struct {
	Valid bool    `json:"valid"`
	ID    scim.ID `json:"id,omitempty"` // of the user or account, if the password is valid
}

// guesses counts attempts for a name; directory.Tenant and directory.Accounts implement it.
type guesses interface {
	TakeGuess(ctx context.Context, name string) (wait time.Duration, err error)
	ForgetGuesses(ctx context.Context, name string) error
}

// CheckPassword reports whether a password is that of an active user or of an account. It takes just as long for a
// name that nobody has. After ten wrong passwords for a name in 15 minutes it answers 429.
func (s *Service) CheckPassword(ctx context.Context, in PasswordCheck) (PasswordChecked, error) {
	if err := s.checkable(in); err != nil {
		return PasswordChecked{}, err
	}
	count, find := s.passwordOwner(in)
	name := in.UserName + in.Email
	wait, err := count.TakeGuess(ctx, name)
	if err == nil && wait > 0 {
		s.countGuess(ctx, in.Tenant)
		err = tooManyGuesses(wait)
	}
	if err != nil {
		return PasswordChecked{}, err
	}
	user, err := find(ctx)
	if err != nil {
		return PasswordChecked{}, err
	}
	valid, err := s.VerifyPassword(in.Password, user.PasswordHash())
	if err != nil || !valid || user.Doc.Get("active").Text() == "false" {
		return PasswordChecked{}, err
	}
	return PasswordChecked{Valid: true, ID: user.ID}, count.ForgetGuesses(ctx, name)
}

// checkable refuses a request that cannot be checked.
func (s *Service) checkable(in PasswordCheck) error {
	switch {
	case s.VerifyPassword == nil:
		return invalid("this service stores no passwords: see the parameter PasswordStorage")
	case in.Tenant != "" && !in.Tenant.Valid():
		return notFound("there is no tenant %.64q", in.Tenant)
	case (in.UserName == "") == (in.Email == ""):
		return invalid("give a userName or an email, and not both")
	case len(in.UserName)+len(in.Email) > 1024:
		return invalid("the name has more than 1,024 bytes")
	case in.Password == "":
		return invalid("password is missing or empty")
	}
	return nil
}

// passwordOwner returns the counter of guesses, and a function that finds the user or account; the id
// is "" if there is none.
func (s *Service) passwordOwner(in PasswordCheck) (guesses, func(context.Context) (directory.User, error)) {
	if in.Tenant == "" {
		accounts := s.Directory.Accounts()
		return accounts, func(ctx context.Context) (directory.User, error) {
			find, name := accounts.ByName, in.UserName
			if in.Email != "" {
				find, name = accounts.ByEmail, in.Email
			}
			account, err := find(ctx, name)
			if errors.Is(err, directory.ErrNotFound) {
				return directory.User{}, nil
			}
			return account.User, err
		}
	}
	of := s.Directory.For(in.Tenant)
	return of, func(ctx context.Context) (u directory.User, err error) {
		find, name := of.Users().ByName, in.UserName
		if in.Email != "" {
			find, name = of.Users().ByEmail, in.Email
		}
		found, err := find(ctx, name)
		if len(found) > 0 {
			u = found[0]
		}
		return u, err
	}
}

// countGuess counts that a guess was refused. A count that cannot be written now is written later.
func (s *Service) countGuess(ctx context.Context, of tenant.ID) {
	if of != "" {
		_ = s.Directory.CountRefusal(ctx, tenant.Refusal{Tenant: of, Cause: tenant.PasswordGuesses})
	}
}

func tooManyGuesses(wait time.Duration) *Error {
	return &Error{
		Status: http.StatusTooManyRequests, Code: "too_many",
		Message: fmt.Sprintf("too many passwords were tried for this name: wait %d seconds",
			int(math.Ceil(wait.Seconds()))),
	}
}

func (h *handler) passwords(s *Service) {
	h.handle("POST /v1/password/verify", tenantLabel,
		withBody(http.StatusOK, func(r *http.Request, in PasswordCheck) (PasswordChecked, error) {
			return s.CheckPassword(r.Context(), in)
		}))
}
