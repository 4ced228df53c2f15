package portal

import (
	"strings"

	"scimserver/shared/web"
)

// navigation returns the links to all pages.
func navigation(q *request) []web.NavGroup {
	link := func(text, path string) web.NavLink {
		return web.NavLink{Text: text, URL: q.base + path, Current: strings.HasPrefix(q.URL.Path, "/setup"+path)}
	}
	return []web.NavGroup{
		{Title: "Set up", Links: []web.NavLink{
			link("Overview", "/overview"), link("Guide", "/guide"), link("Tokens", "/tokens"),
			link("Connection", "/connection"),
		}},
		{Title: "Watch", Links: []web.NavLink{
			link("Activity", "/activity"), link("Requests", "/requests"), link("Conflicts", "/conflicts"),
		}},
	}
}
