package access

import (
	"context"
	"errors"

	"scimserver/shared/tenant"
)

// refusal is ErrInvalidCredential with its cause, which only operators see.
type refusal struct{ cause tenant.RefusalCause }

func (refusal) Error() string { return ErrInvalidCredential.Error() }
func (refusal) Unwrap() error { return ErrInvalidCredential }

// Cause returns why a credential was refused, or "" for another error.
func Cause(err error) tenant.RefusalCause {
	refused, _ := errors.AsType[refusal](err)
	return refused.cause
}

// counted returns a function that counts a result if it is a refusal, and returns it unchanged. If
// counts can't be written, it only logs that.
func (a *Authenticator) counted(ctx context.Context) func(Grant, error) (Grant, error) {
	return func(g Grant, err error) (Grant, error) {
		if cause := Cause(err); cause != "" {
			a.countRefusal(ctx, g.Credential, cause)
		}
		return g, err
	}
}

func (a *Authenticator) countRefusal(ctx context.Context, c tenant.Credential, cause tenant.RefusalCause) {
	err := a.refusals.Count(ctx, a.Tenants, tenant.Refusal{
		Tenant: c.Tenant, Credential: c.KeyID, Cause: cause, Last: a.Now(),
	})
	if err != nil {
		a.Log.WarnContext(ctx, "refusals were not recorded", "error", err.Error())
	}
}
