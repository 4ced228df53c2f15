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
	// removalTime limits how long one call deletes. It is well within the function's own limit, and
	// short enough to show progress.
	removalTime = 10 * time.Second
	// maxRequestTime is the longest time that an admitted request can take. Function changes also
	// writes the log of a tenant at most that long after it has read that the tenant exists.
	maxRequestTime = 30 * time.Second
	// unusedTime is how long the id of a deleted tenant can't be used again. Within that time,
	// every call that deletes the tenant has ended: function admin runs for at most 28 seconds.
	unusedTime = time.Minute
)

// RemoveTenant does a part of a tenant's deletion and says what is left. confirm must repeat the
// id, because the deletion cannot be undone.
func (s *Service) RemoveTenant(ctx context.Context, id tenant.ID, confirm string) (Removal, error) {
	if confirm != string(id) {
		return Removal{}, invalid("deleting a tenant deletes all its users, groups and teams: " +
			"repeat its id in the parameter confirm")
	}
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil {
		return Removal{}, err
	}
	if t.State == tenant.Active {
		return Removal{}, conflict("tenant %s is active: suspend it first", id)
	}
	// The keys are deleted first: nobody looks for them once the record is gone.
	if s.Keys != nil {
		if err := s.Keys.DeleteAllBut(ctx, id, tenant.APIKey{}); err != nil {
			return Removal{}, err
		}
	}
	left, err := s.Directory.RemoveTenant(ctx, id, directory.RemovalTimes{
		Work: removalTime, Inactive: s.CacheTime + maxRequestTime, Deleting: maxRequestTime, Unused: unusedTime,
	})
	if errors.Is(err, directory.ErrNotFound) { // another call has just finished it
		return Removal{Done: true}, nil
	}
	return Removal{
		Done: left.Done, Users: left.Users, Groups: left.Groups, Teams: left.Teams,
		WaitSeconds: int(math.Ceil(left.Wait.Seconds())),
	}, err
}
