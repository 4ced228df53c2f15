package admin

import (
	"context"
	"strings"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// LogPage is a page of a tenant's provisioning log, newest first. It may be short
// and have another one behind it nevertheless.
type LogPage struct {
	Entries []provlog.Entry `json:"entries"`
	Next    string          `json:"next,omitempty"` // to be given as after, where there is more to look through
}

// Log shows a page of the provisioning log.
func (s *Service) Log(ctx context.Context, id tenant.ID, q LogQuery) (LogPage, error) {
	if _, err := s.Directory.Tenants().Tenant(ctx, id); err != nil {
		return LogPage{}, err
	}
	page, next, err := s.Directory.For(id).Log().Page(ctx, provlog.Query{
		From: q.From, To: q.To, Before: q.before, Limit: q.Limit, Wanted: q.wants,
	})
	out := LogPage{Entries: []provlog.Entry{}}
	out.Entries = append(out.Entries, page...)
	if next != "" {
		out.Next = scim.FormatTime(q.From) + resume + next
	}
	return out, err
}

func (q LogQuery) wants(e provlog.Entry) bool { return q.ofUser(e) && q.status.covers(e.Status) }

// ofUser compares what an operator may know a person or group by, in any case.
func (q LogQuery) ofUser(e provlog.Entry) bool {
	user := scim.Fold(provlog.Truncate(q.User))
	return user == "" || user == scim.Fold(string(e.ID)) || user == scim.Fold(e.Name) || user == scim.Fold(e.ExternalID)
}

// resume stands in next between the time that the search goes back to and where it
// goes on.
const resume = "~"

// resumed takes both from after.
func (q *LogQuery) resumed(after string) error {
	from, before, ok := strings.Cut(after, resume)
	at, err := time.Parse(time.RFC3339, from)
	if !ok || err != nil || !provlog.ValidPosition(before) {
		return invalid("after is not what an answer gave as next")
	}
	q.From, q.before = at, before
	return nil
}
