package portal

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/provlog"
	"scimserver/shared/web"
)

const (
	// chartDays is how many days the charts show.
	chartDays = 30
	// latest is how many requests the page of activity shows, and requestsPerPage the page of requests.
	latest, requestsPerPage = 8, 25
)

// counts returns how many users and groups the tenant has.
func (s *server) counts(q *request) (users, groups int64, err error) {
	of := s.Service.Directory.For(q.Tenant.ID)
	u, err := of.Count(q.Context(), directory.UserKind)
	if err != nil {
		return 0, 0, err
	}
	g, err := of.Count(q.Context(), directory.GroupKind)
	return int64(u), int64(g), err
}

// stats shows the numbers of users and groups, with links to a page; "" for none.
func stats(users, groups int64, url string) []web.Stat {
	return []web.Stat{
		{Name: "Users", Value: web.Number(users), URL: url},
		{Name: "Groups", Value: web.Number(groups), URL: url},
	}
}

// activity is the content of the page of charts.
type activity struct {
	Base     string
	Stats    []web.Stat
	Requests web.Chart
	Growth   web.Chart
	Latest   web.Table
}

// showActivity shows what was provisioned in the last days.
func (s *server) showActivity(q *request) error {
	users, groups, err := s.counts(q)
	if err != nil {
		return err
	}
	log := s.Service.Directory.For(q.Tenant.ID).Log()
	counts, err := log.Days(q.Context(), s.Now(), q.Tenant.Created, chartDays)
	if err != nil {
		return err
	}
	table, err := s.requestTable(q, "", false, latest)
	if err != nil {
		return err
	}
	table.Pager = web.Pager{}
	days := chartedDays(counts)
	return s.render(q, http.StatusOK, "activity", "Activity", activity{
		q.base, stats(users, groups, ""), web.RequestChart(days), web.UserChart(days, users), table,
	})
}

func chartedDays(days []provlog.Day) (charted []web.Day) {
	for _, d := range days {
		charted = append(charted, web.Day{
			Start: d.Start, Changes: d.Succeeded, Failed: d.Failed, Created: d.Created, Deleted: d.Deleted,
		})
	}
	return charted
}

// showRequests shows the log, page by page.
func (s *server) showRequests(q *request) error {
	failed := q.URL.Query().Get("show") == "failed"
	before := q.URL.Query().Get("before")
	if before != "" && !provlog.ValidPosition(before) {
		return errNotFound
	}
	table, err := s.requestTable(q, before, failed, requestsPerPage)
	if err != nil {
		return err
	}
	return s.render(q, http.StatusOK, "requests", "Requests", struct {
		Base   string
		Failed bool
		Table  web.Table
	}{q.base, failed, table})
}

// requestTable makes a page of the log.
func (s *server) requestTable(q *request, before string, failed bool, limit int) (web.Table, error) {
	now := s.Now()
	wanted := func(e provlog.Entry) bool { return !failed || e.Failed() }
	entries, next, err := s.Service.Directory.For(q.Tenant.ID).Log().Page(q.Context(), provlog.Query{
		From: now.Add(-chartDays * 24 * time.Hour), To: now.Add(time.Minute), Since: q.Tenant.Created,
		Before: before, Limit: limit, Wanted: wanted,
	})
	t := web.Table{
		Caption: "Requests, the newest first",
		Columns: []web.Column{{Text: "When"}, {Text: "What"}, {Text: "Result", Wide: true}},
		Empty: web.Empty{
			Title: "No requests yet", Text: "What your provider changes will be listed here.",
			Action: &web.Link{Text: "Check the connection", URL: q.base + "/connection"},
		},
	}
	if failed {
		t.Empty = web.Empty{Title: "Nothing failed", Text: "No request failed in the last 30 days."}
	}
	for _, e := range entries {
		t.Rows = append(t.Rows, requestRow(e))
	}
	address := q.base + "/requests?"
	if failed {
		address += "show=failed&"
	}
	if next != "" {
		t.Pager.Next = address + "before=" + url.QueryEscape(next)
	}
	if before != "" {
		t.Pager.First = strings.TrimRight(address, "?&")
	}
	return t, err
}
