package console

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/web"
)

func (c *console) conflictPages(mux *http.ServeMux) {
	const one = "/tenants/{tenant}/conflicts/{conflict}"
	c.show(mux, "/tenants/{tenant}/conflicts", c.listConflicts)
	c.show(mux, one, c.showConflict)
	for _, by := range []directory.Resolution{
		directory.ByConnecting, directory.ByReleasing, directory.ByDeleting, directory.ByDismissing,
	} {
		c.change(mux, one+"/"+string(by), c.askResolution(by), c.resolve(by))
	}
}

// conflictStates are the lists of conflicts, with the value of the API's parameter.
var conflictStates = []struct{ state, text string }{
	{"", "Need attention"}, {"open", "Open"}, {"approved", "Approved"}, {"freed", "Freed"},
	{"dismissed", "Dismissed"}, {"closed", "Closed"}, {"all", "All"},
}

func (c *console) listConflicts(ctx context.Context, r *http.Request) (screen, error) {
	id, state := tenantIn(r), r.URL.Query().Get("state")
	var list admin.ConflictList
	if err := c.get(ctx, withQuery(apiPath(id, "conflicts"), listQuery(r, "state")), &list); err != nil {
		return screen{}, err
	}
	slices.SortStableFunc(list.Conflicts, func(a, b admin.Conflict) int { return b.Last.Compare(a.Last) })
	here := c.at("tenants", id, "conflicts")
	t := &web.Table{
		Caption: "Conflicts of tenant " + id,
		Columns: []web.Column{
			{Text: "Value"}, {Text: "Wanted for"}, {Text: "Held by"}, {Text: "State"},
			{Text: "Attempts", Numeric: true}, {Text: "Last attempt"},
		},
		Empty: web.Empty{Title: "No conflicts here", Text: "Nobody else holds a value that the provider asks for."},
		Pager: pager(r, here, string(list.Next), onPage(len(list.Conflicts), "conflict")),
	}
	for _, one := range list.Conflicts {
		t.Rows = append(t.Rows, c.conflictRow(id, one))
	}
	s := section{Plain: true, Table: t}
	for _, one := range conflictStates {
		s.Filters = append(s.Filters, web.NavLink{
			Text: one.text, URL: withQuery(here, url.Values{"state": {one.state}}), Current: one.state == state,
		})
	}
	return screen{
		Header: web.Header{Title: "Conflicts", Text: "Values that the provider asked for and somebody else holds."},
		tenant: id, current: navConflicts, Sections: []section{s},
	}, nil
}

func (c *console) conflictRow(id string, one admin.Conflict) web.Row {
	value := web.Cell{
		Text: one.Value, URL: c.at("tenants", id, "conflicts", string(one.ID)), Note: attributeName(one.Attribute),
	}
	if n := len(one.Values) - 1; n > 0 {
		value.Note += fmt.Sprintf(" and %d more", n)
	}
	return web.Row{
		value, {Text: one.Name, Note: one.Of}, {Text: heldBy(one)}, {Badge: conflictBadge(one), Note: one.Outcome},
		{Text: fmt.Sprint(one.Attempts)}, {Time: one.Last},
	}
}

// attributeName is an attribute whose values are unique, in words.
func attributeName(path string) string {
	return cmp.Or(map[string]string{"emails.value": "email", "userName": "username", "displayName": "name"}[path], path)
}

func heldBy(one admin.Conflict) string {
	if one.HeldBy == "elsewhere" {
		return one.Holder.Kind + " of tenant " + string(one.Holder.Tenant)
	}
	return one.HeldBy
}

func conflictBadge(one admin.Conflict) *web.Badge {
	tone := map[directory.ConflictState]web.Tone{
		directory.ConflictOpen: web.Warning, directory.ConflictApproved: web.Info, directory.ConflictFreed: web.Info,
		directory.ConflictClosed: web.Good,
	}[one.State]
	return &web.Badge{Text: string(one.State), Tone: cmp.Or(tone, web.Neutral)}
}

func (c *console) readConflict(ctx context.Context, r *http.Request) (one admin.Conflict, err error) {
	return one, c.get(ctx, apiPath(tenantIn(r), "conflicts", r.PathValue("conflict")), &one)
}

func (c *console) showConflict(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	one, err := c.readConflict(ctx, r)
	if err != nil {
		return screen{}, err
	}
	s := screen{
		Header: web.Header{
			Title: one.Value, Text: conflictSummary(one), Badge: conflictBadge(one),
			Back: &web.Link{Text: "Conflicts", URL: c.at("tenants", id, "conflicts")},
		},
		tenant: id, current: navConflicts,
	}
	if lines := wording.ConflictOutlook(id, one); lines != nil {
		s.Sections = append(s.Sections, section{Plain: true, Notice: &web.Notice{
			Tone: web.Info, Title: outlookTitle(one.State), Text: withTimes(lines[0]), Steps: lines[1:],
		}})
	}
	if one.State != directory.ConflictClosed {
		s.Sections = append(s.Sections, c.resolutions(id, one))
	}
	s.Sections = append(s.Sections, section{Title: "Details", Facts: c.conflictFacts(id, one)})
	return s, nil
}

func outlookTitle(state directory.ConflictState) string {
	switch state {
	case directory.ConflictApproved:
		return "Waiting for the provider's next attempt"
	case directory.ConflictFreed:
		return "The value is free"
	}
	return "Done"
}

// conflictSummary says in a sentence what the conflict is.
func conflictSummary(one admin.Conflict) string {
	verb := "create"
	if one.Resource != "" {
		verb = "change"
	}
	holder := map[string]string{
		"account": "An account of the application", "team": "A team", "user": "Another user", "group": "Another group",
	}[one.HeldBy]
	return fmt.Sprintf("%s held this value when the provider tried to %s %s %s.",
		cmp.Or(holder, "Somebody outside the tenant"), verb, one.Of, one.Name)
}

// resolutions has each way to resolve the conflict: what it does, or why it can't be done.
func (c *console) resolutions(id string, one admin.Conflict) section {
	s, here := section{Title: "What you can do"}, c.at("tenants", id, "conflicts", string(one.ID))
	if wording.IsReturningUser(one) {
		s.Notice = &web.Notice{
			Tone: web.Info, Title: "The person may be coming back",
			Text: wording.ReturningUser + " scimctl tenant update " + id + " -reactivate.",
		}
	}
	for _, o := range one.Can {
		way := choice{Title: resolutionTitle(one, o.Verb), Danger: o.Verb == directory.ByDeleting}
		if o.Applies {
			way.Text = wording.Sentence(o.Effect)
			way.Link = &web.Link{Text: resolutionVerb(o.Verb) + "…", URL: here + "/" + string(o.Verb)}
		} else {
			way.Text = "Not possible: " + o.Reason
		}
		s.Choices = append(s.Choices, way)
	}
	return s
}

func resolutionVerb(by directory.Resolution) string {
	return strings.ToUpper(string(by[:1])) + string(by[1:])
}

func resolutionTitle(one admin.Conflict, by directory.Resolution) string {
	holder := one.HeldBy
	if holder == "elsewhere" {
		holder = "holder"
	}
	switch by {
	case directory.ByConnecting:
		return "Connect the " + holder
	case directory.ByReleasing:
		return "Release the value"
	case directory.ByDeleting:
		return "Delete the " + holder
	}
	return "Dismiss the conflict"
}

func (c *console) conflictFacts(id string, one admin.Conflict) web.Facts {
	var facts web.Facts
	for _, v := range one.Values {
		facts = append(facts, web.Fact{Name: "Refused " + attributeName(v.Attribute), Cell: web.Cell{Text: v.Value}})
	}
	holder := web.Cell{Text: wording.Holder(one)}
	if one.Now != nil {
		holder.Note = wording.HolderNow(one)
	}
	if kind := map[string]string{"user": "users", "group": "groups", "team": "teams"}[one.HeldBy]; kind != "" {
		holder.URL = c.at("tenants", id, kind, string(one.Holder.ID))
	}
	facts = append(
		facts,
		web.Fact{Name: "Held by", Cell: holder},
		web.Fact{Name: "Wanted for", Cell: web.Cell{Text: one.Of + " " + one.Name, Note: string(one.Resource)}},
		web.Fact{Name: "External id", Cell: web.Cell{Text: one.ExternalID, Code: true}},
		web.Fact{Name: "Attempts", Cell: web.Cell{Text: web.Number(int64(one.Attempts))}},
		web.Fact{Name: "First attempt", Cell: web.Cell{Time: one.First}},
		web.Fact{Name: "Last attempt", Cell: web.Cell{Time: one.Last}},
	)
	if one.Outcome != "" {
		facts = append(facts, web.Fact{Name: "Outcome", Cell: web.Cell{Text: one.Outcome}})
	}
	if one.Approval != nil {
		facts = append(facts, web.Fact{
			Name: "Approved by", Cell: web.Cell{Text: wording.Maker(one.Approval.By), Note: one.Approval.By},
		})
	}
	return append(facts, web.Fact{Name: "Id of the conflict", Cell: web.Cell{Text: string(one.ID), Code: true}})
}
