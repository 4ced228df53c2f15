package admin

import (
	"context"
	"strings"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// LogPage is a page of a tenant's provisioning log, newest first. It may have fewer entries than
// the limit although there is a next page.
type LogPage struct {
	Entries []provlog.Entry `json:"entries"`
	Next    string          `json:"next,omitempty"` // the value of after for the next page
}

// Log returns a page of the provisioning log.
func (s *Service) Log(ctx context.Context, id tenant.ID, q LogQuery) (LogPage, error) {
	if _, err := s.Directory.Tenants().Tenant(ctx, id); err != nil {
		return LogPage{}, err
	}
	page, next, err := s.Directory.For(id).Log().Page(ctx, provlog.Query{
		From: q.From, To: q.To, Before: q.before, Limit: q.Limit, Wanted: q.matches,
	})
	out := LogPage{Entries: []provlog.Entry{}}
	out.Entries = append(out.Entries, page...)
	if next != "" {
		out.Next = scim.FormatTime(q.From) + positionSeparator + next
	}
	return out, err
}

func (q LogQuery) matches(e provlog.Entry) bool { return q.matchesUser(e) && q.status.covers(e.Status) }

// matchesUser compares the id and the names of an entry with the user parameter, without case.
func (q LogQuery) matchesUser(e provlog.Entry) bool {
	user := scim.Fold(provlog.Truncate(q.User))
	return user == "" || user == scim.Fold(string(e.ID)) || user == scim.Fold(e.Name) || user == scim.Fold(e.ExternalID)
}

// positionSeparator stands in next between the start time of the query and the position of the
// next page.
const positionSeparator = "~"

// continueAfter reads both from the parameter after.
func (q *LogQuery) continueAfter(after string) error {
	from, before, ok := strings.Cut(after, positionSeparator)
	at, err := time.Parse(time.RFC3339, from)
	if !ok || err != nil || !provlog.ValidPosition(before) {
		return invalid("after must be the value of next in an earlier answer")
	}
	q.From, q.before = at, before
	return nil
}
