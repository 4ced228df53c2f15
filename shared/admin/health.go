package admin

import (
	"cmp"
	"context"
	"slices"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/tenant"
)

const (
	// healthSpan is the period in which requests and refusals are counted.
	healthSpan = 24 * time.Hour
	// healthHistory is the period that is searched for the last success and the last failure.
	healthHistory = 7 * 24 * time.Hour
	// healthEntries is the maximum number of log entries that are counted.
	healthEntries = 3000
)

// Health returns the health of a tenant's provisioning.
func (s *Service) Health(ctx context.Context, id tenant.ID) (Health, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil {
		return Health{}, err
	}
	var credentials []tenant.Credential
	for c, err := range s.allCredentials(ctx, id) {
		if err != nil {
			return Health{}, err
		}
		credentials = append(credentials, c)
	}
	h := Health{Tenant: id, State: t.State, Requests: map[int]int{}, Refusals: []Refusal{}}
	if err := s.readRequests(ctx, &h, t.Created); err != nil {
		return h, err
	}
	if err := s.readOpenConflicts(ctx, &h); err != nil {
		return h, err
	}
	refused, err := s.Directory.Tenants().Refusals(ctx, id, s.Now().Add(-healthSpan))
	if err != nil {
		return h, err
	}
	h.addCredentials(credentials, refused, s.Now())
	h.diagnose(credentials, s.Now())
	return h, nil
}

// UnknownCredentials returns the refusals of the last 24 hours whose credentials do not exist. Their
// tenants are not known.
func (s *Service) UnknownCredentials(ctx context.Context) (Refusals, error) {
	hours, err := s.Directory.Tenants().Refusals(ctx, "", s.Now().Add(-healthSpan))
	return Refusals{sumRefusals(hours, nil)}, err
}

// readRequests counts the entries of the provisioning log. since is when the tenant was created.
func (s *Service) readRequests(ctx context.Context, h *Health, since time.Time) error {
	now := s.Now()
	log := s.Directory.For(h.Tenant).Log()
	all, next, err := log.Page(ctx, provlog.Query{
		From: now.Add(-healthSpan), To: now, Since: since, Limit: healthEntries, Wanted: provlog.Entry.IsRequest,
	})
	if err != nil {
		return err
	}
	for _, e := range all {
		h.Requests[e.Status]++
	}
	h.RequestsIncomplete = next != ""
	earlier := provlog.Query{From: now.Add(-healthHistory), To: now, Since: since, Limit: 1}
	h.LastSuccess, err = lastRequest(ctx, log, all, false, earlier)
	if err == nil {
		h.LastFailure, err = lastRequest(ctx, log, all, true, earlier)
	}
	return err
}

// lastRequest returns the time of the last request that succeeded or failed, or nil if there was none
// in the span of a query. newest are the newest entries, newest first. The log is read only if they
// have no such request.
func lastRequest(
	ctx context.Context, log provlog.Log, newest []provlog.Entry, failed bool, q provlog.Query,
) (*time.Time, error) {
	q.Wanted = func(e provlog.Entry) bool { return e.IsRequest() && e.Failed() == failed }
	if i := slices.IndexFunc(newest, q.Wanted); i >= 0 {
		return &newest[i].Time, nil
	}
	found, _, err := log.Page(ctx, q)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return &found[0].Time, nil
}

// readOpenConflicts counts the conflicts that nobody has resolved yet.
func (s *Service) readOpenConflicts(ctx context.Context, h *Health) error {
	conflicts := s.Directory.For(h.Tenant).Conflicts()
	for after, pages := directory.ConflictID(""), 0; pages == 0 || after != "" && pages < conflictPages; pages++ {
		page, next, err := conflicts.List(ctx, after, maxPage)
		if err != nil {
			return err
		}
		for _, c := range page {
			if c.State == directory.ConflictOpen {
				h.OpenConflicts++
			}
		}
		after = next
	}
	return nil
}

// addCredentials adds the number of usable credentials, their last use, and their refusals.
func (h *Health) addCredentials(all []tenant.Credential, refused []tenant.Refusal, now time.Time) {
	names := map[tenant.KeyID]string{}
	for _, c := range all {
		names[c.KeyID] = c.Name
		if c.Usable(now) {
			h.Credentials++
		}
		if !c.Used.IsZero() && (h.LastUse == nil || c.Used.After(*h.LastUse)) {
			h.LastUse = &c.Used
		}
	}
	h.Refusals = sumRefusals(refused, names)
}

// sumRefusals adds up the refusals of each credential and cause. The most frequent come first.
func sumRefusals(hours []tenant.Refusal, names map[tenant.KeyID]string) []Refusal {
	type key struct {
		of    tenant.KeyID
		cause tenant.RefusalCause
	}
	sums := map[key]Refusal{}
	for _, r := range hours {
		k := key{r.Credential, r.Cause}
		sum := sums[k]
		sum.Credential, sum.Cause, sum.Name = r.Credential, r.Cause, names[r.Credential]
		sum.Status = r.Cause.Status()
		sum.Count += r.Count
		sum.Last = latest(sum.Last, r.Last)
		sums[k] = sum
	}
	out := make([]Refusal, 0, len(sums))
	for _, sum := range sums {
		out = append(out, sum)
	}
	slices.SortFunc(out, func(a, b Refusal) int {
		return cmp.Or(
			cmp.Compare(b.Count, a.Count), cmp.Compare(a.Credential, b.Credential), cmp.Compare(a.Cause, b.Cause),
		)
	})
	return out
}
