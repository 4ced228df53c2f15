package portal

import (
	"errors"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/directory"
	"scimserver/shared/tenantstore"
	"scimserver/shared/web"
)

// maxForm is the size of the largest form, in bytes.
const maxForm = 16 << 10

// request is a request with what the pages need to answer it.
type request struct {
	*http.Request
	w    http.ResponseWriter
	base string // the path of the setup page, with the stage
	visit
	logged []slog.Attr
}

// errNotFound reports that there is no such page, or no such thing in the tenant.
var errNotFound = errors.New("portal: not found")

// handle serves a page that needs no session.
func (s *server) handle(pattern string, page func(*request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		start := s.Now()
		q := &request{Request: r, w: w, base: s.Prefix(r) + admin.SetupPath}
		counted := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		q.w = counted
		err := s.guard(q, page)
		if err != nil {
			s.fail(q, err)
		}
		s.record(q, pattern, counted.status, s.Now().Sub(start), err)
	})
}

// guard refuses requests that change something and do not come from a page of this site.
func (s *server) guard(q *request, page func(*request) error) error {
	if q.Method == http.MethodGet || q.Method == http.MethodHead {
		return page(q)
	}
	if origin := "https://" + q.Host; !web.SameOrigin(q.Request, origin) {
		return s.refuse(q, http.StatusForbidden, "This form was not sent from the setup page",
			foreignForm(q.Header, origin))
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, maxForm)
	if err := q.ParseForm(); err != nil {
		return s.refuse(q, http.StatusBadRequest, "The form can't be read", "Go back and send it again.")
	}
	return page(q)
}

// foreignForm says which header is missing, or that another page has sent the form.
func foreignForm(h http.Header, origin string) string {
	if h.Get("Sec-Fetch-Site") == "" && h.Get("Origin") == "" {
		return "The request has neither of the headers by which a browser says where a form comes from. Use another " +
			"browser. A program has to send the header Origin: " + origin + " with the form."
	}
	return "According to your browser, another page has sent it. " +
		"Open the setup page again and repeat what you did there."
}

// ServeHTTP answers unknown paths and methods with a page.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern != "" && r.URL.Path == path.Clean(r.URL.Path) ||
		r.URL.Path == "/setup/" {
		s.mux.ServeHTTP(w, r)
		return
	}
	q := &request{Request: r, w: w, base: s.Prefix(r) + admin.SetupPath}
	s.fail(q, errNotFound)
}

// fail answers with a page about an error.
func (s *server) fail(q *request, err error) {
	status, title, text := http.StatusInternalServerError, "Something went wrong",
		"It is not your fault. If you were changing something, look first whether the change was made. "+
			"If it happens again, ask "+s.Support+"."
	switch {
	case errors.Is(err, errNotFound), errors.Is(err, tenantstore.ErrNotFound):
		status, title = http.StatusNotFound, "There is no such page"
		text = "Check the address, or go to the start of the setup page."
	case errors.Is(err, directory.ErrUnavailable):
		q.w.Header().Set("Retry-After", "5")
		status, title = http.StatusServiceUnavailable, "The service is busy"
		text = "Try again in a few seconds. If you were changing something, look first whether the change was made."
	}
	if failed := s.refuse(q, status, title, text); failed != nil {
		http.Error(q.w, title, status)
	}
}

// refuse answers with a page that says why nothing was done.
func (s *server) refuse(q *request, status int, title, text string) error {
	tone := web.Warning
	if status >= http.StatusInternalServerError {
		tone = web.Bad
	}
	m := message{
		Notice: web.Notice{Tone: tone, Title: title, Text: text},
		Links:  []web.Link{{Text: "Go to the setup page", URL: q.home()}},
	}
	if status >= http.StatusInternalServerError {
		m.RequestID = s.RequestID(q.Context())
		if q.Method == http.MethodGet {
			m.Links = append([]web.Link{{Text: "Try again", URL: s.Prefix(q.Request) + q.URL.RequestURI()}}, m.Links...)
		}
	}
	return s.render(q, status, "message", title, m)
}

// message is the content of a page with one message.
type message struct {
	Notice    web.Notice
	Links     []web.Link // what to do; the first one is the most likely
	RequestID string     // for those who look for the cause; "" if the customer can remove it
}

// render writes a page.
func (s *server) render(q *request, status int, name, title string, content any) error {
	return s.renderPage(q, status, name, web.Page{Title: title, Content: content})
}

// renderPage is render for a page that sets more than its title.
func (s *server) renderPage(q *request, status int, name string, p web.Page) error {
	p.Base, p.Home, p.Product = q.base, q.home(), "Directory setup"
	if q.key != "" {
		p.Subject, p.CSRF, p.Nav = q.tenantName(), q.formToken(), navigation(q)
		p.Title += " · " + q.tenantName()
	}
	return s.renderer.Render(q.w, status, name, p)
}

func (q *request) home() string {
	if q.key == "" {
		return q.base
	}
	return q.base + "/overview"
}

// record writes the log line of a request. It has the route instead of the path, and nothing of the
// body: both could hold a secret.
func (s *server) record(q *request, pattern string, status int, took time.Duration, err error) {
	level := slog.LevelInfo
	attrs := append([]slog.Attr{
		slog.String("request", s.RequestID(q.Context())), slog.String("route", pattern),
		slog.String("tenant", string(q.Tenant.ID)), slog.String("invitation", string(q.Invitation.ID)),
		slog.Int("status", status), slog.Int64("ms", took.Milliseconds()),
	}, q.logged...)
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	s.Log.LogAttrs(q.Context(), level, "setup", attrs...)
}

// statusWriter remembers the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// redirect leads the browser to another page of the setup page.
func (q *request) redirect(to string) error {
	http.Redirect(q.w, q.Request, q.base+to, http.StatusSeeOther)
	return nil
}

// baseURL returns the URL of the SCIM service.
func (s *server) baseURL(q *request) string {
	if s.BaseURL != "" {
		return s.BaseURL
	}
	return "https://" + q.Host + s.Prefix(q.Request) + "/scim/v2"
}

// tokenEndpoint returns the URL of the OAuth 2.0 token endpoint.
func (s *server) tokenEndpoint(q *request) string {
	return strings.TrimSuffix(s.baseURL(q), "/scim/v2") + "/oauth2/token"
}
