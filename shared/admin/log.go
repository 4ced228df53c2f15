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
	// Subjects are those who have the value of the parameter user or group now, or had it within the time for which
	// entries are kept.
	Subjects []provlog.Named `json:"subjects,omitempty"`
}

// Log returns a page of the provisioning log.
func (s *Service) Log(ctx context.Context, id tenant.ID, q LogQuery) (LogPage, error) {
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err != nil {
		return LogPage{}, err
	}
	of, out := s.Directory.For(id), LogPage{Entries: []provlog.Entry{}}
	user, err := newLogSubject(ctx, of, q.User, t.Created)
	if err != nil {
		return out, err
	}
	group, err := newLogSubject(ctx, of, q.Group, t.Created)
	if err != nil {
		return out, err
	}
	last := lastNames{}
	page, next, err := of.Log().Page(ctx, provlog.Query{
		From: q.From, To: q.To, Since: t.Created, Before: q.before, Limit: q.Limit,
		Wanted: func(e provlog.Entry) bool {
			last.note(e)
			return q.status.covers(e.Status) && user.isIn(e) && group.isGroupOf(e)
		},
	})
	if err != nil {
		return out, err
	}
	out.Entries, out.Subjects = append(out.Entries, page...), append(user.found, group.found...)
	if next != "" {
		out.Next = scim.FormatTime(q.From) + positionSeparator + next
	}
	return out, nameMembers(ctx, of, out.Entries, last)
}

// positionSeparator stands in next between the start time of the query and the position of the
// next page.
const positionSeparator = "~"

// continueAfter reads the start time and the position from the parameter after.
func (q *LogQuery) continueAfter(after string) error {
	from, before, ok := strings.Cut(after, positionSeparator)
	at, err := time.Parse(time.RFC3339, from)
	if !ok || err != nil || !provlog.ValidPosition(before) {
		return invalid("after must be the value of next in an earlier answer")
	}
	q.From, q.before = at, before
	return nil
}
