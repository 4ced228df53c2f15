package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"scimserver/shared/admin"
	"scimserver/shared/web"
)

// screen is the content of a page: a header, and sections one below the other.
type screen struct {
	Header   web.Header
	Sections []section

	tenant  string // whose page it is, "" for pages about all tenants
	current string // the part of the navigation that it belongs to
	refresh int    // as in web.Page
}

// section is a part of a screen. Its members are shown in their order; empty ones are left out.
type section struct {
	ID   string
	Live bool // it is refreshed until it is complete
	// LiveUnseen means that it is also refreshed while the page is in the background.
	LiveUnseen bool
	Plain      bool // without a frame, for sections that are a table alone
	Title      string
	Text       string

	Stats     []web.Stat
	Empty     *web.Empty // in the place of a list
	Notice    *web.Notice
	Progress  *progress
	Findings  []finding
	Search    *search
	Filters   []web.NavLink
	Copyables []web.Copyable
	Facts     web.Facts
	Charts    []web.Chart
	Table     *web.Table
	More      *web.Link // to the whole list
	Choices   []choice
	Exchanges []exchange
	Source    string // text for machines, such as JSON
	Question  *web.Confirmation
	Form      *web.Form
}

// progress is the progress of something that takes long.
type progress struct {
	Label   string
	Percent float64 // 0 if it is not known
	Text    string
}

// finding is something that somebody should know or do.
type finding struct {
	Badge  web.Badge
	Text   string
	Advice string
	Action *web.Link
}

// choice is something that the operator can do, or can't.
type choice struct {
	Title  string
	Text   string
	Link   *web.Link // without it, the text says why it can't be done
	Danger bool
}

// search is a form that selects what a list shows.
type search struct {
	Action string
	Label  string // of the text field
	Name   string
	Value  string
	Help   string
	Selects
	Check  *check
	Button string
}

// Selects are the selections of a search.
type Selects []web.Field

// check is a checkbox.
type check struct {
	Name, Label string
	Checked     bool
}

// listPage is the content of a page that shows one list of a tenant.
type listPage struct {
	name   string // in the navigation
	text   string
	action *web.Link
	search *search
	table  web.Table
}

// listScreen is the page of a list.
func (c *console) listScreen(r *http.Request, l listPage) screen {
	id := tenantIn(r)
	l.table.Caption = l.name + " of tenant " + id
	s := screen{
		Header: web.Header{Title: l.name, Text: l.text, Action: l.action}, tenant: id, current: l.name,
	}
	if l.search != nil {
		l.search.Action = c.listLink(r, l.name).URL
		s.Sections = append(s.Sections, section{Plain: true, Search: l.search})
	}
	s.Sections = append(s.Sections, section{Plain: true, Table: &l.table})
	return s
}

// shownOnce is the page of a secret, with the sections in made. If made is nil, the secret was shown already, and
// the page says so with the notice.
func (c *console) shownOnce(r *http.Request, list, title string, shown web.Notice, made []section) screen {
	back := c.listLink(r, list)
	if made == nil {
		made = []section{{Plain: true, Notice: &shown}}
	}
	return screen{
		Header: web.Header{Title: title, Back: &back}, tenant: tenantIn(r), current: list, Sections: made,
	}
}

// renderScreen writes a screen with the navigation and the result of the last action.
func (c *console) renderScreen(w http.ResponseWriter, r *http.Request, status int, s screen) {
	title := s.Header.Title
	if s.tenant != "" {
		title += " · " + s.tenant
	}
	page := web.Page{
		Title: title, Nav: c.navigation(s), CSRF: c.session.csrf, RefreshSeconds: s.refresh, Wide: true,
		Content: s,
	}
	if done := r.URL.Query().Get("done"); done != "" {
		page.Notice = c.session.take(done).notice
	}
	c.render(w, status, "screen", page)
}

// render writes a page. A template that fails is a defect of the console.
func (c *console) render(w http.ResponseWriter, status int, name string, page web.Page) {
	page.Product, page.Subject = "SCIM console", c.api.Host()
	if page.Nav != nil {
		page.Base = c.base
	}
	if err := c.renderer.Render(w, status, name, page); err != nil {
		http.Error(w, "The console failed: "+err.Error(), http.StatusInternalServerError)
	}
}

// The parts of the navigation.
const (
	navTenants     = "Tenants"
	navPeople      = "Find a person"
	navTable       = "Check the table"
	navOverview    = "Overview"
	navUsers       = "Users"
	navGroups      = "Groups"
	navTeams       = "Teams"
	navConflicts   = "Conflicts"
	navLog         = "Log"
	navEvents      = "Events"
	navTrace       = "Trace"
	navCredentials = "Credentials"
	navInvitations = "Invitations"
	navSchemas     = "Schemas"
	navSettings    = "Settings"
)

// navigation has the links of a screen.
func (c *console) navigation(s screen) []web.NavGroup {
	link := func(text string, parts ...string) web.NavLink {
		return web.NavLink{Text: text, URL: c.at(parts...), Current: text == s.current}
	}
	groups := []web.NavGroup{{Links: []web.NavLink{link(navTenants, "tenants"), link(navPeople, "people"),
		link(navTable, "table")}}}
	if s.tenant == "" {
		return groups
	}
	of := func(text string, parts ...string) web.NavLink {
		return link(text, append([]string{"tenants", s.tenant}, parts...)...)
	}
	return append(groups, web.NavGroup{Title: s.tenant, Links: []web.NavLink{
		of(navOverview), of(navUsers, "users"), of(navGroups, "groups"), of(navTeams, "teams"),
		c.conflictLink(s, of(navConflicts, "conflicts")), of(navLog, "log"), of(navEvents, "events"),
		of(navTrace, "trace"),
		of(navCredentials, "credentials"), of(navInvitations, "invitations"), of(navSchemas, "schemas"),
		of(navSettings, "settings"),
	}})
}

// conflictLink shows how many conflicts are open, if the health of the tenant is known.
func (c *console) conflictLink(s screen, link web.NavLink) web.NavLink {
	if h, known := c.health.known(s.tenant); known {
		link.Count = h.OpenConflicts
	}
	return link
}

// pager has the links of a list. next is the position of the following page.
func pager(r *http.Request, path, next, text string) web.Pager {
	query := r.URL.Query()
	query.Del("done")
	p, number := web.Pager{Text: text}, 1
	if query.Get("after") != "" {
		if n, err := strconv.Atoi(query.Get("page")); err == nil && n > 1 {
			number, p.Text = n, fmt.Sprintf("Page %d: %s", n, text)
		}
		query.Del("after")
		query.Del("page")
		p.First = withQuery(path, query)
	}
	if next != "" {
		query.Set("after", next)
		query.Set("page", strconv.Itoa(number+1))
		p.Next = withQuery(path, query)
	}
	return p
}

// onPage says how many rows a page of a list has.
func onPage(n int, noun string) string { return admin.Counted(n, noun) + " on this page" }

// columns are columns of text with these headings.
func columns(names ...string) []web.Column {
	list := make([]web.Column, len(names))
	for i, name := range names {
		list[i].Text = name
	}
	return list
}

// listQuery is the query of a page of a list.
func listQuery(r *http.Request, names ...string) url.Values {
	query := url.Values{"limit": {pageSize}, "after": {r.URL.Query().Get("after")}}
	for _, name := range names {
		query.Set(name, r.URL.Query().Get(name))
	}
	return query
}
