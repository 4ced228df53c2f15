package console

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

func (c *console) tablePages(mux *http.ServeMux) {
	const path = "/table"
	c.show(mux, path, c.showTable)
	c.submit(mux, path, c.startCheck, nil)
	c.submit(mux, path+"/cancel", c.cancelCheck, nil)
}

// findingsShown is the number of findings on a page.
const findingsShown = 50

// showTable shows how to start the check, its progress, or what it has found.
func (c *console) showTable(ctx context.Context, r *http.Request) (screen, error) {
	s := screen{
		Header:  web.Header{Title: "Check the table", Text: "Whether the stored data of all tenants fits together."},
		current: navTable,
	}
	if c.options.Table == nil {
		s.Sections = []section{noTable()}
		return s, nil
	}
	state, check := c.table.look(), section{ID: "check"}
	switch {
	case state.running:
		s.refresh = 5
		check.Live, check.LiveUnseen = true, true
		c.showProgress(&check, state)
	case state.ended:
		c.showResult(r, &check, state)
	default:
		estimate, err := c.options.Table.Estimate(ctx)
		if err != nil {
			return screen{}, tableError{err}
		}
		check.Question = &web.Confirmation{
			Title: "What will happen", Form: c.checkForm(c.at("table"), "Start the check"),
			Effects: append(
				estimate,
				"Nothing is changed. Repairs are made with scimctl verify -repair.",
				"The check ends when it is complete, when you cancel it, or when its page is closed for a few minutes.",
			),
		}
		check.Plain = true
	}
	s.Sections = []section{check}
	return s, nil
}

// noTable says how to start the console with the table.
func noTable() section {
	return section{Plain: true, Notice: &web.Notice{
		Tone: web.Info, Title: "This console was started without the table",
		Text: "The check reads the whole table with your own AWS identity, and not through the operator API.",
		Steps: []string{
			"End the console with Ctrl-C, and start it with: `scimctl console -table NAME`",
			"NAME is the output TableName of the stack.",
			"Your AWS identity has to be allowed to describe, scan and read the table.",
			"Or check it on the command line: `scimctl verify -table NAME`",
		},
	}}
}

// tableError is an error of the table, and not of the operator API.
type tableError struct{ error }

func (e tableError) Unwrap() error { return e.error }

func (c *console) checkForm(action, button string) web.Form {
	return web.Form{Action: action, CSRF: c.session.csrf, Button: button}
}

func (c *console) showProgress(check *section, state tableState) {
	check.Title = "The check is running"
	check.Text = "Keep this page open: the check ends when it is closed for a few minutes."
	check.Progress = &progress{
		Label: "Progress of the check", Percent: state.progress.Percent,
		Text: cmp.Or(state.progress.Text, "The first items are being read…"),
	}
	form := c.checkForm(c.at("table", "cancel"), "Cancel the check")
	form.Plain = true
	check.Form = &form
}

// showResult shows what was found, a page at a time.
func (c *console) showResult(r *http.Request, check *section, state tableState) {
	form := c.checkForm(c.at("table"), "Check again")
	form.Plain = true
	check.Form, check.Title = &form, "Last check"
	if state.err != nil {
		check.Notice = checkFailure(state.err)
		return
	}
	report, began := state.report, state.began
	check.Notice = &web.Notice{
		Tone: web.Good, Title: "Nothing is wrong", Text: "All data fits together.", Announce: true,
	}
	if report.Number > 0 {
		check.Notice = &web.Notice{
			Tone: web.Bad, Title: admin.Counted(report.Number, "finding"), Announce: true,
			Text: "Each says what to do.",
		}
		check.Table = c.findingTable(r, report)
	}
	check.Facts = web.Facts{
		{Name: "Started", Cell: web.Cell{Time: began}},
		{Name: "Checked", Cell: web.Cell{Text: report.Totals.Read}},
		{Name: "Contents", Cell: web.Cell{Text: report.Totals.Contents}},
	}
	if text := report.Totals.Unfinished; text != "" {
		check.Facts = append(check.Facts, web.Fact{Name: "Unfinished", Cell: web.Cell{Text: text}})
	}
	for _, open := range report.Open {
		check.Facts = append(check.Facts, web.Fact{Name: "Not checked", Cell: web.Cell{
			Text: open, Note: "Check again, or suspend the tenant first.",
		}})
	}
}

func checkFailure(err error) *web.Notice {
	n := &web.Notice{Tone: web.Warning, Title: "The check did not come to its end", Text: wording.Sentence(err.Error())}
	if errors.Is(err, errLeft) || errors.Is(err, errCancelled) {
		n.Tone, n.Title = web.Info, "The check was ended"
	}
	return n
}

func (c *console) findingTable(r *http.Request, report TableReport) *web.Table {
	first, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil || first < 0 || first >= len(report.Findings) {
		first = 0
	}
	shown := report.Findings[first:min(first+findingsShown, len(report.Findings))]
	next := ""
	if end := first + len(shown); end < len(report.Findings) {
		next = strconv.Itoa(end)
	}
	t := &web.Table{
		Caption: "Findings",
		Columns: []web.Column{
			{Text: "Kind"}, {Text: "Tenant"}, {Text: "What is wrong", Wide: true}, {Text: "What to do", Wide: true},
		},
		Pager: pager(r, c.at("table"), next, onPage(len(shown), "finding")),
	}
	for _, f := range shown {
		tenant := web.Cell{Text: "accounts"}
		if f.Tenant != "" {
			tenant = web.Cell{Text: f.Tenant, URL: c.at("tenants", f.Tenant)}
		}
		t.Rows = append(t.Rows, web.Row{
			{Badge: &web.Badge{Text: f.Kind, Tone: web.Bad}}, tenant, {Text: f.Text}, {Text: f.Advice},
		})
	}
	return t
}

func (c *console) startCheck(_ context.Context, _ *http.Request) (outcome, error) {
	if c.options.Table == nil {
		return outcome{}, errNotFound
	}
	c.table.start(c.options.Table.Check)
	return outcome{to: c.at("table")}, nil
}

func (c *console) cancelCheck(ctx context.Context, _ *http.Request) (outcome, error) {
	c.table.end(ctx, errCancelled)
	return outcome{to: c.at("table")}, nil
}
