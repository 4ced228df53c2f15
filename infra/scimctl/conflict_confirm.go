package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

// confirmRelease asks before a user of the tenant loses values, and returns the id of
// the user. For accounts and teams it does not ask.
func (s *session) confirmRelease(ctx context.Context, args []string, typed string) (scim.ID, error) {
	var c admin.Conflict
	if err := s.client.do(ctx, http.MethodGet, conflictPath(args), nil, &c); err != nil {
		return "", err
	}
	if c.HeldBy != "user" {
		return "", nil
	}
	if o := optionOf(c, directory.ByReleasing); !o.Applies {
		return "", fmt.Errorf("nothing is released: %s", o.Reason)
	}
	return c.Holder.ID, s.confirm(releaseNotice(c), "the id of the user", typed, string(c.Holder.ID))
}

// releaseNotice says what a deactivated user loses by a release.
func releaseNotice(c admin.Conflict) string {
	var values []string
	for _, v := range c.Values {
		values = append(values, formatValue(v))
	}
	return fmt.Sprintf("This takes %s from %s, which is deactivated. The user keeps its id, groups and teams. "+
		"If the provider activates the user later, it sends the same values again, and is refused while another "+
		"holds them.",
		strings.Join(values, " and "), describeHolder(c))
}

// deletionNotice says what is lost with the holder of a conflict.
func deletionNotice(c admin.Conflict) string {
	if c.HeldBy != "user" {
		return fmt.Sprintf("This permanently deletes %s: %s.", describeHolder(c), describeNow(c))
	}
	return fmt.Sprintf("This permanently deletes %s, with its id, its memberships of groups and teams, "+
		"and all other data. If the provider assigns the person again, it is a new user with another id and "+
		"without groups.",
		describeHolder(c))
}
