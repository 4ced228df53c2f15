package server

import (
	"context"
	"fmt"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// maxSteps limits the work of a filter or a PATCH (see scim.Budget): about one second of CPU. A
// small request can ask for much work, so it is not enough to limit the size of the request.
const maxSteps = 500_000_000

func newBudget(ctx context.Context) *scim.Budget { return scim.NewBudget(ctx, maxSteps) }

// checkQuota refuses another resource if the tenant has reached its limit. The answer is 403: the
// request is well-formed, and sending it again does not help. The count is exact, but parallel
// creates may exceed the limit. Without a limit nothing is counted.
func (r *request) checkQuota(ctx context.Context, most int, what string, of directory.Kind) error {
	if most == 0 {
		return nil
	}
	n, err := r.Directory.Count(ctx, of)
	if err == nil && n >= most {
		err = r.refuse(tenant.QuotaReached, scim.Forbidden(fmt.Sprintf(
			"the limit of %d %s is reached; delete some, or ask %s for a higher limit", most, what, r.support)))
	}
	return err
}

// checkEmailLimit refuses more emails than the tenant's limit allows. A user who had as many
// before the limit was lowered keeps them.
func (r *request) checkEmailLimit(before, after scim.Value) error {
	most, n := r.Caller.Limits.EmailsPerUser, len(after.Get("emails").Items())
	if most == 0 || n <= most || n <= len(before.Get("emails").Items()) {
		return nil
	}
	return scim.InvalidValue(fmt.Sprintf("emails has %d values, but the limit is %d; send fewer, "+
		"or ask %s for a higher limit",
		n, most, r.support))
}
