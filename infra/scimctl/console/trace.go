package console

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/trace"
	"scimserver/shared/web"
)

func (c *console) tracePages(mux *http.ServeMux) {
	c.show(mux, "/tenants/{tenant}/trace", c.showTrace)
	c.change(mux, "/tenants/{tenant}/trace/start", c.askTrace, c.startTrace)
	c.change(mux, "/tenants/{tenant}/trace/end", c.askTraceEnd, c.endTrace)
}

// exchange is a recorded request with its answer.
type exchange struct {
	Time         web.Cell
	Status       web.Badge
	Request      string
	Note         string
	Sent, Answer string
}

// showTrace shows whether requests are recorded, and those that were, the newest first.
func (c *console) showTrace(ctx context.Context, r *http.Request) (screen, error) {
	id, here := tenantIn(r), c.at("tenants", tenantIn(r), "trace")
	var t admin.Trace
	if err := c.get(ctx, apiPath(id, "trace"), &t); err != nil {
		return screen{}, err
	}
	recorded, err := c.readTrace(ctx, id)
	if err != nil {
		return screen{}, err
	}
	s := screen{
		Header: web.Header{Title: "Trace", Text: withTimes(wording.Sentence(wording.Trace(t)))},
		tenant: id, current: navTrace,
	}
	if s.Header.Action = (&web.Link{Text: "Record requests…", URL: here + "/start"}); t.On {
		s.Header.Action = &web.Link{Text: "End recording…", URL: here + "/end"}
		s.Header.Badge = &web.Badge{Text: "recording", Tone: web.Info}
		s.refresh = 5
	}
	list := section{ID: "trace", Plain: true, Live: t.On}
	for _, one := range slices.Backward(recorded) {
		list.Exchanges = append(list.Exchanges, newExchange(one))
	}
	switch {
	case list.Exchanges != nil:
	case t.On:
		list.Empty = &web.Empty{
			Title: "No request has come yet",
			Text:  fmt.Sprintf("Functions may take up to %d seconds to learn of the recording.", t.WithinSeconds),
		}
	default:
		list.Empty = &web.Empty{
			Title: "No request has been recorded in the last 24 hours",
			Text:  "A recording shows each request of the provider with its answer, to find out what a provider sends.",
		}
	}
	s.Sections = []section{list}
	return s, nil
}

// readTrace reads all recorded requests, oldest first. A trace has at most 200.
func (c *console) readTrace(ctx context.Context, id string) (all []trace.Request, err error) {
	for after := ""; ; {
		var page admin.TraceRequests
		query := url.Values{"after": {after}}
		if err := c.get(ctx, withQuery(apiPath(id, "trace", "requests"), query), &page); err != nil {
			return nil, err
		}
		if len(page.Requests) == 0 {
			return all, nil
		}
		all, after = append(all, page.Requests...), page.Last
	}
}

func newExchange(one trace.Request) exchange {
	e := exchange{
		Time: web.Cell{Time: one.Time}, Status: web.Badge{Text: strconv.Itoa(one.Status), Tone: web.Good},
		Request: strings.TrimSuffix(one.Method+" "+one.Path+"?"+one.Query, "?"),
		Note:    fmt.Sprintf("%.0f ms, by %s, request %s", one.Milliseconds, one.Credential, one.ID),
		Sent:    messageText(one.Sent), Answer: messageText(one.Answer),
	}
	if one.Status >= http.StatusBadRequest {
		e.Status.Tone = web.Bad
	}
	return e
}

// messageText is what was recorded of a body.
func messageText(m trace.Message) string {
	switch {
	case m.Body == "" && m.Note != "":
		return m.Note
	case m.Body == "":
		return "no body"
	case m.Cut:
		return indented([]byte(m.Body)) + fmt.Sprintf("\n… cut: the whole body has %d bytes", m.Size)
	}
	return indented([]byte(m.Body))
}

func (c *console) askTrace(_ context.Context, r *http.Request) (question, error) {
	return c.about(r, navTrace, question{
		Title: "Record requests?", Button: "Record",
		Effects: []string{
			"Requests of the tenant's provider are recorded with their answers. Passwords and other secrets never are.",
			"What is recorded is deleted after 24 hours. If a recording is running, it ends.",
			"The tenant's log says that you did this.",
		},
		Fields: []web.Field{
			{Name: "minutes", Label: "For", Options: []web.Option{
				{Value: "30", Text: "30 minutes", Selected: true}, {Value: "120", Text: "2 hours"},
				{Value: "1440", Text: "24 hours"},
			}},
			{Name: "values", Label: "Values", Help: "Values are personal data of the customer's people.",
				Options: []web.Option{
					{Value: "", Text: "Replace them by their kind and length", Selected: true},
					{Value: "yes", Text: "Record them, too"},
				}},
		},
	}), nil
}

func (c *console) startTrace(ctx context.Context, r *http.Request) (outcome, error) {
	id := tenantIn(r)
	in := admin.TraceStart{Seconds: number(r, "minutes", 30) * 60, Values: r.PostFormValue("values") != ""}
	var t admin.Trace
	if err := c.api.Once(ctx, http.MethodPut, apiPath(id, "trace"), in, &t); err != nil {
		return outcome{}, err
	}
	return done(c.at("tenants", id, "trace"), "Requests are being recorded",
		fmt.Sprintf("All functions know of it within %d seconds.", t.WithinSeconds)), nil
}

func (c *console) askTraceEnd(_ context.Context, r *http.Request) (question, error) {
	return c.about(r, navTrace, question{
		Title: "End recording?", Button: "End recording",
		Effects: []string{"No more requests are recorded. What was recorded stays for 24 hours."},
	}), nil
}

func (c *console) endTrace(ctx context.Context, r *http.Request) (outcome, error) {
	id := tenantIn(r)
	var t admin.Trace
	err := c.api.Once(ctx, http.MethodDelete, apiPath(id, "trace"), nil, &t)
	return done(c.at("tenants", id, "trace"), "The recording has ended", ""), err
}
