package main

import (
	"context"
	"fmt"
	"net/http"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// confirmRelease asks before a user of the tenant loses values, and returns the id of
// the user. For accounts and teams it does not ask.
func (s *session) confirmRelease(ctx context.Context, args []string, typed string) (scim.ID, error) {
	var c admin.Conflict
	if err := s.client.Do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
		return "", err
	}
	if c.HeldBy != "user" {
		return "", nil
	}
	if o := wording.Option(c, directory.ByReleasing); !o.Applies {
		return "", fmt.Errorf("nothing is released: %s", o.Reason)
	}
	return c.Holder.ID, s.confirm(wording.ReleaseNotice(c), "the id of the user", typed, string(c.Holder.ID))
}
