package console

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/provlog"
	"scimserver/shared/web"
)

func (c *console) logPages(mux *http.ServeMux) {
	c.show(mux, "/tenants/{tenant}/log", c.showLog)
	c.show(mux, "/tenants/{tenant}/events", c.showEvents)
}

// spans are the periods that a page of the log can cover. The last one is all that the service keeps.
var spans = []struct {
	name, text string
	length     time.Duration
}{
	{"1h", "Last hour", time.Hour},
	{"24h", "Last 24 hours", 24 * time.Hour},
	{"7d", "Last 7 days", 7 * 24 * time.Hour},
	{"30d", "Last 30 days", 30 * 24 * time.Hour},
	{"90d", "Last 90 days (all)", provlog.Retention},
}

const defaultSpan = "24h"

// logFilter selects entries of the log.
type logFilter struct {
	since  string // the name of a span
	user   string
	failed bool
	after  string
	limit  string
}

func (c *console) readLog(ctx context.Context, id string, f logFilter) (page admin.LogPage, err error) {
	query := url.Values{"user": {f.user}, "after": {f.after}, "limit": {f.limit}}
	if f.failed {
		query.Set("status", "failed")
	}
	for _, s := range spans {
		if s.name == f.since {
			query.Set("from", time.Now().Add(-s.length).UTC().Format(time.RFC3339))
		}
	}
	return page, c.get(ctx, withQuery(apiPath(id, "log"), query), &page)
}

func (c *console) showLog(ctx context.Context, r *http.Request) (screen, error) {
	id, values := tenantIn(r), r.URL.Query()
	f := logFilter{
		since: cmp.Or(values.Get("since"), defaultSpan), user: strings.TrimSpace(values.Get("user")),
		failed: values.Get("failed") != "", after: values.Get("after"), limit: pageSize,
	}
	page, err := c.readLog(ctx, id, f)
	if err != nil {
		return screen{}, err
	}
	here := c.at("tenants", id, "log")
	text := ""
	if len(page.Entries) > 0 {
		text = onPage(len(page.Entries), "entry") + ", newest first"
	}
	return screen{
		Header: web.Header{Title: "Log", Text: "Requests that changed something or failed, and what operators did."},
		tenant: id, current: navLog,
		Sections: []section{
			{Plain: true, Search: &search{
				Action: here, Label: "User or group", Name: "user", Value: f.user,
				Help: "The whole id, username, name or external id; empty for all", Button: "Show",
				Selects: Selects{{Name: "since", Label: "Time", Options: spanOptions(f.since)}},
				Check:   &check{Name: "failed", Label: "Failures only", Checked: f.failed},
			}},
			{Plain: true, Table: c.logTable(id, page.Entries, pager(r, here, page.Next, text))},
		},
	}, nil
}

func spanOptions(selected string) (list []web.Option) {
	for _, s := range spans {
		list = append(list, web.Option{Value: s.name, Text: s.text, Selected: s.name == selected})
	}
	return list
}

func (c *console) logTable(id string, entries []provlog.Entry, p web.Pager) *web.Table {
	t := &web.Table{
		Caption: "Entries of the provisioning log",
		Columns: columns("Time", "Result", "Request", "Who or what", "Change or reason"),
		Empty:   web.Empty{Title: "No entries", Text: "Nothing was changed and nothing failed in this time."},
		Pager:   p,
	}
	t.Columns[len(t.Columns)-1].Wide = true
	for _, e := range entries {
		t.Rows = append(t.Rows, c.logRow(id, e))
	}
	return t
}

func (c *console) logRow(id string, e provlog.Entry) web.Row {
	status := &web.Badge{Text: strconv.Itoa(e.Status), Tone: web.Good}
	if e.Failed() {
		status.Tone = web.Bad
	}
	what := web.Cell{Text: withTimes(cmp.Or(e.Name, string(e.ID))), Note: e.ExternalID}
	if kind := map[string]string{"User": "users", "Group": "groups"}[e.Kind]; kind != "" && e.ID != "" {
		what.URL = c.at("tenants", id, kind, string(e.ID))
	}
	return web.Row{
		{Time: e.Time}, {Badge: status}, {Text: requestText(e), Note: by(e)}, what, c.reasonCell(id, e),
	}
}

// requestText says what a request or an operator did, such as "Create user".
func requestText(e provlog.Entry) string {
	text := strings.TrimSpace(e.Operation + " " + strings.ToLower(e.Kind))
	return strings.ToUpper(text[:1]) + text[1:]
}

func by(e provlog.Entry) string {
	if actor := wording.Actor(e); actor != "" {
		return "by\u00a0" + actor
	}
	return ""
}

// reasonCell says what was changed, or why it failed, with a link to the conflict that the error names.
func (c *console) reasonCell(id string, e provlog.Entry) web.Cell {
	if !e.Failed() {
		return web.Cell{Text: wording.Entry(e)}
	}
	cell := web.Cell{Text: cmp.Or(e.Type, "failed"), Note: wording.FirstSentence(e.Detail), More: e.Detail}
	if cell.Note+"." == cell.More || cell.Note == cell.More {
		cell.More = ""
	}
	if conflict := wording.ConflictIn(e.Detail); conflict != "" {
		cell.URL = c.at("tenants", id, "conflicts", conflict)
	}
	return cell
}
