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

// confirmRelease asks before a user of the tenant loses values, and returns the user's
// id. Accounts and teams lose theirs without a question.
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
	return c.Holder.ID, s.confirmed(releaseOfUser(c), "its id", typed, string(c.Holder.ID), "the id of the user")
}

// releaseOfUser says what a deactivated user loses by a release.
func releaseOfUser(c admin.Conflict) string {
	return fmt.Sprintf("This takes %s from %s, which is deactivated. The user keeps its id, groups and teams. "+
		"If the provider activates the user later, it sends the same values again and is refused while another holds them.",
		lostValues(c), holder(c))
}

// deletion says what is lost by deleting who holds the values of a conflict.
func deletion(c admin.Conflict) string {
	if c.HeldBy != "user" {
		return fmt.Sprintf("This deletes %s, for good: %s.", holder(c), standing(c))
	}
	return fmt.Sprintf("This deletes %s, for good, with its id, its memberships of groups and teams, and all other data. "+
		"If the provider assigns the person again, it is a new user with another id and without groups.", holder(c))
}

func lostValues(c admin.Conflict) string {
	var values []string
	for _, v := range c.Values {
		values = append(values, lost(v))
	}
	return strings.Join(values, " and ")
}
