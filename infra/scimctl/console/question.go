package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/web"
)

// question is what the operator confirms before something changes. The form shows it, and sends it to
// the same path.
type question struct {
	Title   string
	Effects []string // what will happen, a sentence each
	Fields  []web.Field
	Hidden  []web.Hidden
	Button  string
	Danger  bool

	tenant, current string
	back            web.Link // the page that led to the question
}

// about completes a question that is asked on a list of the tenant. list is the list's name in the navigation.
func (c *console) about(r *http.Request, list string, q question) question {
	q.tenant, q.current = tenantIn(r), list
	q.back = c.listLink(r, list)
	return q
}

// listLink leads to a list of the tenant. list is its name in the navigation.
func (c *console) listLink(r *http.Request, list string) web.Link {
	return web.Link{Text: list, URL: c.at("tenants", tenantIn(r), strings.ToLower(list))}
}

// number returns a number of the form, or fallback if the form has none.
func number(r *http.Request, name string, fallback int64) int64 {
	n, err := strconv.ParseInt(r.PostFormValue(name), 10, 32)
	if err != nil {
		return fallback
	}
	return n
}

// outcome is what an action has done, and the page that says so.
type outcome struct {
	to string
	kept
}

// done is an outcome with a notice.
func done(to, title, text string, steps ...string) outcome {
	return outcome{to, kept{notice: &web.Notice{Tone: web.Good, Title: title, Text: text, Steps: steps}}}
}

// ask makes the question. It reads the present state, so that the operator sees what will change.
type ask func(ctx context.Context, r *http.Request) (question, error)

// act carries out what the form says.
type act func(ctx context.Context, r *http.Request) (outcome, error)

// change serves a question at GET and the action at POST. A refusal is shown with the question.
func (c *console) change(mux *http.ServeMux, pattern string, a ask, do act) {
	c.show(mux, pattern, func(ctx context.Context, r *http.Request) (screen, error) {
		q, err := a(ctx, r)
		return c.questionScreen(r, q), err
	})
	c.submit(mux, pattern, do, a)
}

// submit serves an action at POST. A refusal is shown with the question that was asked, if there was one.
func (c *console) submit(mux *http.ServeMux, pattern string, do act, a ask) {
	mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
		if !validPath(r, pattern) {
			c.renderProblem(w, r, explain(errNotFound, r))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), c.options.Timeout)
		defer cancel()
		result, err := do(ctx, r)
		if err != nil {
			c.renderRefusal(ctx, w, r, a, err)
			return
		}
		if result.kept == (kept{}) {
			http.Redirect(w, r, result.to, http.StatusSeeOther)
			return
		}
		name := c.session.keep(result.kept)
		http.Redirect(w, r, withQuery(result.to, url.Values{"done": {name}}), http.StatusSeeOther)
	})
}

// inputError says what is wrong with a form. The operator API has not seen it.
type inputError struct{ text string }

func (e inputError) Error() string { return e.text }

// refusalStatus reports whether an error means that the form was refused, and the status of the page that
// says so.
func refusalStatus(err error) (status int, ok bool) {
	if _, wrong := errors.AsType[inputError](err); wrong {
		return http.StatusUnprocessableEntity, true
	}
	if refused, isAnswer := errors.AsType[*apiclient.Error](err); isAnswer {
		status = refused.Status
	}
	return status, isRefusal(status)
}

// isRefusal reports whether a status means that the content of a request was refused.
func isRefusal(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// renderRefusal shows why an action was refused, with the question as it is now. Other errors have a page
// of their own.
func (c *console) renderRefusal(ctx context.Context, w http.ResponseWriter, r *http.Request, a ask, err error) {
	status, refused := refusalStatus(err)
	if !refused || a == nil {
		c.renderProblem(w, r, explain(err, r))
		return
	}
	q, unread := a(ctx, r)
	if unread != nil {
		c.renderProblem(w, r, explain(err, r))
		return
	}
	for i, f := range q.Fields {
		q.Fields[i].Value = r.PostFormValue(f.Name)
		for j, o := range f.Options {
			f.Options[j].Selected = o.Value == q.Fields[i].Value
		}
	}
	s := c.questionScreen(r, q)
	refusal := section{Plain: true, Notice: &web.Notice{
		Tone: web.Bad, Title: "Nothing was changed", Text: wording.Sentence(err.Error()),
	}}
	s.Sections = append([]section{refusal}, s.Sections...)
	c.renderScreen(w, r, status, s)
}

func (c *console) questionScreen(r *http.Request, q question) screen {
	return screen{
		Header: web.Header{Title: q.Title, Back: &q.back}, tenant: q.tenant, current: q.current,
		Sections: []section{{Plain: true, Question: &web.Confirmation{
			Title: "What will happen", Effects: q.Effects,
			Form: web.Form{
				Action: c.base + r.URL.EscapedPath(), CSRF: c.session.csrf, Hidden: q.Hidden, Fields: q.Fields,
				Button: q.Button, Danger: q.Danger, Cancel: &web.Link{Text: "Cancel", URL: q.back.URL},
			},
		}}},
	}
}
