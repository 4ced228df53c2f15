package server

import (
	"context"
	"fmt"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// maxSteps bounds the work of a filter or a PATCH that the request's size does not
// bound, see scim.Budget: at most one second of CPU.
const maxSteps = 500_000_000

func newBudget(ctx context.Context) *scim.Budget { return scim.NewBudget(ctx, maxSteps) }

// room refuses another resource where the tenant has as many as its limit allows:
// 403, for the request is well-formed and a repetition won't help. The count is
// exact, but creates that run in parallel may pass the limit by their number. A
// tenant without a limit is not counted.
func (r *request) room(ctx context.Context, most int, what string, of directory.Kind) error {
	if most == 0 {
		return nil
	}
	n, err := r.Directory.Count(ctx, of)
	if err == nil && n >= most {
		err = scim.Forbidden(fmt.Sprintf("this tenant may have %d %s and has them; delete some, or ask %s for a higher limit", most, what, r.support))
	}
	return err
}

// fewEmails refuses more emails than the tenant's limit allows. A user who had as
// many before the limit was lowered keeps them.
func (r *request) fewEmails(before, after scim.Value) error {
	most, n := r.Caller.Limits.EmailsPerUser, len(after.Get("emails").Items())
	if most == 0 || n <= most || n <= len(before.Get("emails").Items()) {
		return nil
	}
	return scim.InvalidValue(fmt.Sprintf("emails has %d values; the limit of this tenant is %d", n, most))
}
