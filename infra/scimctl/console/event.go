package console

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

// eventsShown is the number of events on a page.
const eventsShown = 50

// showEvents shows the newest events of a tenant, or those before a sequence.
func (c *console) showEvents(ctx context.Context, r *http.Request) (screen, error) {
	id, here := tenantIn(r), c.at("tenants", tenantIn(r), "events")
	head, err := c.readEvents(ctx, id, 0, 1)
	if err != nil && !apiclient.HasStatus(err, http.StatusGone) { // 410: the first events have expired
		return screen{}, err
	}
	last := head.Head
	if n, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64); err == nil && 0 < n && n < last {
		last = n
	}
	first := max(0, last-eventsShown)
	page, err := c.readEvents(ctx, id, first, int(max(1, last-first)))
	expired := apiclient.HasStatus(err, http.StatusGone)
	if err != nil && !expired {
		return screen{}, err
	}
	next := ""
	if first > 0 && !expired {
		next = strconv.FormatInt(first, 10)
	}
	t := web.Table{
		Columns: []web.Column{
			{Text: "Sequence", Numeric: true}, {Text: "Time"}, {Text: "Type"}, {Text: "Who or what"}, {Text: "Changed"},
		},
		Empty: web.Empty{Title: "No events", Text: "Nothing has changed yet, or the events are older than 90 days."},
		Pager: pager(r, here, next, onPage(len(page.Events), "event")+", newest first"),
	}
	for i := len(page.Events) - 1; i >= 0; i-- {
		t.Rows = append(t.Rows, eventRow(wording.DecodeEvent(page.Events[i])))
	}
	return c.listScreen(r, listPage{
		name: navEvents, text: "What applications get of each committed change.", table: t,
	}), nil
}

func (c *console) readEvents(
	ctx context.Context, id string, after int64, limit int,
) (page admin.EventPage, err error) {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}, "limit": {strconv.Itoa(limit)}}
	return page, c.get(ctx, withQuery(apiPath(id, "events"), query), &page)
}

// eventChange is what an event says about the change: attributes, or members.
func eventChange(e wording.Event) web.Cell {
	if n := len(e.Members); n > 0 {
		return web.Cell{Text: admin.Counted(n, "member"), Note: e.Members[0].ID}
	}
	return web.Cell{Text: e.Summary()}
}

func eventRow(e wording.Event) web.Row {
	return web.Row{
		{Text: web.Number(e.Sequence)}, {Time: e.Time}, {Text: e.Type},
		{Text: e.Name()}, eventChange(e),
	}
}
