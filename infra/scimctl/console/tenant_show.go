package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

// showTenant is the overview: whether provisioning works, what to do, and what went on.
func (c *console) showTenant(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	var h admin.Health
	t, err := c.withTenant(ctx, id, func(ctx context.Context) error {
		return c.get(ctx, apiPath(id, "health"), &h)
	})
	if err != nil {
		return screen{}, err
	}
	c.health.put(id, h)
	s := screen{
		Header:   web.Header{Title: t.Name, Text: verdictText(h), Badge: verdictBadge(h)},
		Sections: []section{{Plain: true, Stats: c.tenantStats(t, h)}, c.findings(h)}, tenant: id, current: navOverview,
	}
	charts, complete := c.activitySection(ctx, t)
	if !complete {
		s.refresh = 5
	}
	s.Sections = append(s.Sections, charts, section{Title: "Latest requests", Facts: tenantFacts(t, h)})
	return s, nil
}

func verdictText(h admin.Health) string {
	switch h.Verdict {
	case admin.Failing:
		return "Provisioning does not work. What to do is below."
	case admin.Attention:
		return "Provisioning works, but it needs attention."
	}
	return "Provisioning works."
}

func (c *console) findings(h admin.Health) section {
	s := section{Title: "What to do"}
	for _, f := range h.Findings {
		badge := web.Badge{Text: "attention", Tone: web.Warning}
		if f.Failing {
			badge = web.Badge{Text: "failing", Tone: web.Bad}
		}
		action, advice := c.adviceFor(f, string(h.Tenant))
		s.Findings = append(s.Findings, finding{Badge: badge, Text: f.Text, Advice: advice, Action: action})
	}
	if s.Findings == nil {
		s.Text = "Nothing: no open conflicts, no refused credentials, no unusual failures."
	}
	return s
}

// adviceFor returns the page on which a finding is dealt with, and the advice to show. The service's advice names
// commands of scimctl; where the console has a page, the page takes their place.
func (c *console) adviceFor(f admin.Finding, id string) (*web.Link, string) {
	to := func(text string, parts ...string) *web.Link {
		return &web.Link{Text: text, URL: c.at(append([]string{"tenants", id}, parts...)...)}
	}
	const enterIt = "The provider's administrator then enters the new token."
	switch f.Code {
	case "conflicts":
		return to("Show conflicts", "conflicts"), ""
	case "suspended":
		return to("Resume…", "resume"), ""
	case "no-credential":
		return to("Create a credential…", "credentials", "new"), enterIt
	case "expires", "unused":
		return to("Show credentials", "credentials"), withoutCommand(f.Advice)
	case "refused":
		return to("Show credentials", "credentials"), withoutCommand(f.Advice)
	case "failures", "unavailable":
		link := to("Show failures", "log")
		link.URL = withQuery(link.URL, url.Values{"failed": {"yes"}})
		return link, ""
	}
	return nil, f.Advice
}

// withoutCommand is the sentences of an advice before the one that names a command of scimctl.
func withoutCommand(advice string) string {
	text, _, _ := strings.Cut(advice, "scimctl ")
	if i := strings.LastIndex(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return ""
}

// tenantStats are the numbers that stand at the top of the overview.
func (c *console) tenantStats(t admin.Tenant, h admin.Health) []web.Stat {
	page := func(parts ...string) string { return c.at(append([]string{"tenants", string(t.ID)}, parts...)...) }
	failed, total := wording.CountRequests(h)
	requests := web.Stat{Name: "Requests in 24 hours", Value: atLeast(total, h.RequestsIncomplete), URL: page("log")}
	if total > 0 {
		requests.Note = web.Number(int64(failed)) + " failed"
	}
	return []web.Stat{
		{Name: "Users", Value: web.Number(int64(*t.Users)), URL: page("users")},
		{Name: "Groups", Value: web.Number(int64(*t.Groups)), URL: page("groups")},
		requests,
		{Name: "Valid credentials", Value: web.Number(int64(h.Credentials)), URL: page("credentials")},
	}
}

func tenantFacts(t admin.Tenant, h admin.Health) web.Facts {
	facts := web.Facts{
		{Name: "Last request (to the hour)", Cell: web.TimeCell(h.LastUse, "never")},
		{Name: "Last change that succeeded", Cell: web.TimeCell(h.LastSuccess, "none in the last week")},
		{Name: "Last failure", Cell: web.TimeCell(h.LastFailure, "none in the last week")},
	}
	if text := byStatus(h); text != "" {
		facts = append(facts, web.Fact{Name: "Requests in 24 hours", Cell: web.Cell{Text: text}})
	}
	return append(facts, web.Fact{Name: "Provider", Cell: web.Cell{Text: wording.Provider(t.Profile)}})
}

// showSettings shows what is set for a tenant, and how to change it.
func (c *console) showSettings(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	var t admin.Tenant
	if err := c.get(ctx, apiPath(id), &t); err != nil {
		return screen{}, err
	}
	link := func(text, verb string) *web.Link { return &web.Link{Text: text, URL: c.at("tenants", id, verb)} }
	state := choice{Title: "Suspend", Text: suspendEffect, Link: link("Suspend…", "suspend"), Danger: true}
	if t.State == tenant.Suspended {
		state = choice{Title: "Resume", Text: resumeEffect, Link: link("Resume…", "resume")}
	}
	return screen{
		Header: web.Header{Title: "Settings", Text: "Other settings are changed with scimctl tenant update."},
		tenant: id, current: navSettings,
		Sections: []section{
			{Facts: settingFacts(t)},
			{Title: "Actions", Choices: []choice{
				{Title: "Rename", Text: "Only the name for people changes.", Link: link("Rename…", "rename")}, state,
			}},
		},
	}, nil
}

func settingFacts(t admin.Tenant) web.Facts {
	limit := func(n int) string { return cmp.Or(map[bool]string{n == 0: "no limit"}[true], web.Number(int64(n))) }
	reactivate := "off"
	if t.Reactivate {
		reactivate = "on"
	}
	age := "no limit"
	if s := t.Limits.TokenAgeSeconds; s > 0 {
		age = admin.Counted(int(s/86400), "day")
	}
	return web.Facts{
		{Name: "Id", Cell: web.Cell{Text: string(t.ID), Code: true}},
		{Name: "Name", Cell: web.Cell{Text: t.Name}},
		{Name: "State", Cell: web.Cell{Text: string(t.State)}},
		{Name: "Provider", Cell: web.Cell{Text: wording.Provider(t.Profile)}},
		{Name: "Verified domains", Cell: web.Cell{Text: cmp.Or(strings.Join(t.Domains, ", "), "none")}},
		{Name: "How accounts become users", Cell: web.Cell{Text: string(t.Connect)}},
		{Name: "A create activates a deactivated user", Cell: web.Cell{Text: reactivate}},
		{Name: "Requests", Cell: web.Cell{
			Text: fmt.Sprintf("%s per second, %s at once",
				web.Number(int64(t.Limits.RequestsPerSecond)), web.Number(int64(t.Limits.Burst))),
		}},
		{Name: "Maximum number of users", Cell: web.Cell{Text: limit(t.Limits.Users)}},
		{Name: "Maximum number of groups", Cell: web.Cell{Text: limit(t.Limits.Groups)}},
		{Name: "Maximum number of emails of a user", Cell: web.Cell{Text: fmt.Sprint(t.Limits.EmailsPerUser)}},
		{Name: "Maximum age of a token", Cell: web.Cell{Text: age}},
		{Name: "Created", Cell: web.Cell{Time: t.Created}},
	}
}
