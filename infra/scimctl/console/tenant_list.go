package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

func (c *console) tenantPages(mux *http.ServeMux) {
	c.show(mux, "/{$}", c.listTenants)
	c.show(mux, "/tenants", c.listTenants)
	c.show(mux, "/tenants/{tenant}", c.showTenant)
	c.show(mux, "/tenants/{tenant}/settings", c.showSettings)
	c.change(mux, "/tenants/{tenant}/suspend", c.askSuspend, c.setState("suspend"))
	c.change(mux, "/tenants/{tenant}/resume", c.askResume, c.setState("resume"))
	c.change(mux, "/tenants/{tenant}/rename", c.askTenantName, c.renameTenant)
}

// healthPatience is how long a list waits for the health of its tenants. What is missing then comes
// later: see memo.
const healthPatience = 1500 * time.Millisecond

// tenantsShown is the number of tenants on a page: the health of each is a request.
const tenantsShown = 25

func (c *console) listTenants(ctx context.Context, r *http.Request) (screen, error) {
	prefix := strings.ToLower(strings.TrimSpace(r.URL.Query().Get("prefix")))
	after := r.URL.Query().Get("after")
	if after == "" {
		after = before(prefix)
	}
	var list admin.TenantList
	query := url.Values{"limit": {fmt.Sprint(tenantsShown)}, "after": {after}}
	if err := c.get(ctx, withQuery("/tenants", query), &list); err != nil {
		return screen{}, err
	}
	next := string(list.Next)
	isOther := func(t admin.Tenant) bool { return !strings.HasPrefix(string(t.ID), prefix) }
	if end := slices.IndexFunc(list.Tenants, isOther); end >= 0 {
		list.Tenants, next = list.Tenants[:end], ""
	}
	rows, complete := c.tenantRows(ctx, list.Tenants)
	s := screen{current: navTenants}
	s.Header = web.Header{Title: "Tenants", Text: "Each customer, and whether provisioning works."}
	s.Sections = []section{
		{Plain: true, Search: &search{
			Action: c.at("tenants"), Label: "Find a tenant", Name: "prefix", Value: prefix, Button: "Find",
			Help: "The id, or how it begins",
		}},
		{ID: "tenants", Plain: true, Live: !complete, Table: &web.Table{
			Caption: "Tenants", Rows: rows, Empty: c.noTenants(prefix),
			Columns: []web.Column{
				{Text: "Tenant"}, {Text: "Health"}, {Text: "Last request (to the hour)"},
				{Text: "Failed in 24 h", Numeric: true}, {Text: "Open conflicts", Numeric: true},
				{Text: "First finding", Wide: true},
			},
			Pager: pager(r, c.at("tenants"), next, onPage(len(rows), "tenant")),
		}},
	}
	if !complete {
		s.refresh = 5
	}
	return s, nil
}

// before is a position in the list of tenants directly before all ids that begin with a prefix.
func before(prefix string) string {
	if prefix == "" {
		return ""
	}
	last := len(prefix) - 1
	return prefix[:last] + string(rune(prefix[last]-1)) + "~"
}

func (c *console) noTenants(prefix string) web.Empty {
	if prefix != "" {
		return web.Empty{
			Title: "No tenant's id begins with " + prefix, Text: "Ids are lower-case letters, digits and hyphens.",
			Action: &web.Link{Text: "Show all tenants", URL: c.at("tenants")},
		}
	}
	return web.Empty{Title: "There are no tenants yet", Text: "Create the first one with: `scimctl tenant create ID`"}
}

// tenantRows has a row for each tenant, and reports whether the health of all is known.
func (c *console) tenantRows(ctx context.Context, tenants []admin.Tenant) (rows []web.Row, complete bool) {
	reading := make([]*entry[admin.Health], len(tenants))
	for i, t := range tenants {
		reading[i] = c.readHealth(string(t.ID))
	}
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	complete = true
	for i, t := range tenants {
		name := web.Cell{Text: t.Name, URL: c.at("tenants", string(t.ID))}
		if t.Name != string(t.ID) {
			name.Note = string(t.ID)
		}
		ready := reading[i].wait(ctx)
		complete = complete && ready
		rows = append(rows, append(web.Row{name}, c.healthCells(t, reading[i], ready)...))
	}
	return rows, complete
}

// readHealth begins to read the health of a tenant.
func (c *console) readHealth(id string) *entry[admin.Health] {
	return c.health.start(id, c.options.Timeout, func(ctx context.Context) (h admin.Health, err error) {
		return h, c.get(ctx, apiPath(id, "health"), &h)
	})
}

func (c *console) healthCells(t admin.Tenant, e *entry[admin.Health], ready bool) web.Row {
	switch {
	case !ready:
		return web.Row{{Badge: &web.Badge{Text: "reading…", Tone: web.Neutral}}, {}, {}, {}, {}}
	case e.err != nil:
		return web.Row{{Badge: &web.Badge{Text: "unknown", Tone: web.Neutral}}, {}, {}, {}, {Text: e.err.Error()}}
	}
	h := e.value
	failed, total := wording.CountRequests(h)
	cells := web.Row{
		{Badge: verdictBadge(h)}, web.TimeCell(h.LastUse, "never"),
		{Text: fmt.Sprintf("%d of %s", failed, atLeast(total, h.RequestsIncomplete))},
		{Text: fmt.Sprint(h.OpenConflicts)}, {},
	}
	if h.OpenConflicts > 0 {
		cells[3].URL = c.at("tenants", string(t.ID), "conflicts")
	}
	if len(h.Findings) > 0 {
		cells[4].Text = h.Findings[0].Text
	}
	return cells
}

func verdictBadge(h admin.Health) *web.Badge {
	switch {
	case h.State == tenant.Suspended:
		return &web.Badge{Text: "suspended", Tone: web.Neutral}
	case h.Verdict == admin.Failing:
		return &web.Badge{Text: "failing", Tone: web.Bad}
	case h.Verdict == admin.Attention:
		return &web.Badge{Text: "attention", Tone: web.Warning}
	}
	return &web.Badge{Text: "OK", Tone: web.Good}
}

func atLeast(n int, incomplete bool) string {
	if incomplete {
		return fmt.Sprintf("at least %d", n)
	}
	return fmt.Sprint(n)
}

// byStatus says how many requests had each status: "10 with status 201, 2 with status 409".
func byStatus(h admin.Health) string {
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(h.Requests)) {
		parts = append(parts, fmt.Sprintf("%d with status %d", h.Requests[status], status))
	}
	return strings.Join(parts, ", ")
}
