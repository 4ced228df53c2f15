package admin

import (
	"context"
	"errors"
	"math"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
)

const (
	// removalTime is how long one call goes on deleting: well within the
	// function's own limit, and short enough to show progress.
	removalTime = 10 * time.Second
	// longestRequest is how long a request that was let in may take.
	longestRequest = 30 * time.Second
)

// RemoveTenant does a piece of the deletion of a tenant and says what is left.
// confirm repeats the id: nothing that a tenant had comes back.
func (s *Service) RemoveTenant(ctx context.Context, id tenant.ID, confirm string) (Removal, error) {
	if confirm != string(id) {
		return Removal{}, invalid("deleting a tenant deletes all its users, groups and teams: repeat its id in the parameter confirm")
	}
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil {
		return Removal{}, err
	}
	if t.State == tenant.Active {
		return Removal{}, conflict("tenant %s is active: suspend it first", id)
	}
	// The keys go first: once the record is gone, nobody looks for them.
	if s.Keys != nil {
		if err := s.Keys.DeleteAllBut(ctx, id, tenant.APIKey{}); err != nil {
			return Removal{}, err
		}
	}
	left, err := s.Directory.RemoveTenant(ctx, id, removalTime, s.CacheTime+longestRequest)
	if errors.Is(err, directory.ErrNotFound) { // another call has finished it meanwhile
		return Removal{Done: true}, nil
	}
	return Removal{
		Done: left.Done, Users: left.Users, Groups: left.Groups, Teams: left.Teams, WaitSeconds: int(math.Ceil(left.Wait.Seconds())),
	}, err
}
