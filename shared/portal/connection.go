package portal

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/idp"
	"scimserver/shared/provlog"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

const (
	// refusalSpan is the age up to which the page still mentions a refused request.
	refusalSpan = 24 * time.Hour
	// unknownSpan is the same for requests with a token that no tenant has. They may be anybody's.
	unknownSpan = 15 * time.Minute
	// entriesRead is how many entries of the log are looked at.
	entriesRead = 20
)

// observed is what is known about the requests of a tenant's provider.
type observed struct {
	Support     string
	Credentials []admin.Credential // the newest first
	Refusals    []tenant.Refusal
	Unknown     time.Time       // the last request with an unknown token; zero: none lately
	Entries     []provlog.Entry // of the provider, the newest first
}

// connection says whether the provider's requests arrive, and what is wrong if not.
type connection struct {
	State string // none, waiting, trouble or connected
	Title string
	Text  string
	Steps []string
	At    time.Time // of the request that the text is about
	// WrongURL says that the right URL is to be shown, and WrongToken that the page of tokens helps.
	WrongURL, WrongToken bool
	// Warning is about something else that went wrong although the provider is connected.
	Warning *web.Notice
}

// Live reports whether the page should update itself.
func (c connection) Live() bool { return c.State == "waiting" || c.State == "trouble" }

// judge decides what to tell about the newest valid credential.
func (o observed) judge(now time.Time) connection {
	at := slices.IndexFunc(o.Credentials, func(c admin.Credential) bool { return c.State == "active" })
	if at < 0 {
		return connection{State: "none", Title: "There is no valid token yet",
			Text: "Your provider needs one before it can send anything."}
	}
	newest := o.Credentials[at]
	refused := o.lastRefusal(newest, now)
	success := o.lastSuccess(newest)
	switch {
	case isLater(refused, success):
		return o.problem(refused)
	case success.IsZero():
		return connection{State: "waiting", Title: "Waiting for the first request", Text: testNow}
	case isManual(newest.Agent):
		return connection{State: "waiting", Title: "The last request was a test by hand", At: success,
			Text: "It came from “" + newest.Agent + "” and was accepted, so the URL and the token “" +
				tokenName(newest) + "” are right. " + testNow}
	}
	return o.connected(newest, success)
}

const testNow = "Test the connection at your provider now. This page notices by itself. If the test fails and " +
	"nothing changes here, look up the message below."

// manual are the first words of the names of clients that a person uses by hand.
var manual = []string{"curl/", "Wget/", "PostmanRuntime/", "insomnia/", "HTTPie/", "bruno-runtime/"}

// isManual reports whether a person sent a request by hand, by what the client calls itself.
func isManual(agent string) bool {
	return slices.ContainsFunc(manual, func(name string) bool { return strings.HasPrefix(agent, name) })
}

// lastSuccess returns when a request with a credential was last seen to work; zero: never.
func (o observed) lastSuccess(c admin.Credential) (at time.Time) {
	for _, used := range []*time.Time{c.Used, c.Seen} {
		if used != nil && used.After(at) {
			at = *used
		}
	}
	for _, e := range o.Entries {
		if e.Credential == c.Key && !e.Failed() && e.Time.After(at) {
			at = e.Time
		}
	}
	return at
}

func (o observed) connected(c admin.Credential, at time.Time) connection {
	out := connection{State: "connected", Title: "Connected", At: at,
		Text: clientText(c) + " You can assign users and groups now."}
	if len(o.Entries) > 0 && o.Entries[0].Failed() {
		failed := o.Entries[0]
		out.Warning = &web.Notice{
			Tone:  web.Warning,
			Title: "The last request failed: " + describe(failed),
			Text:  failed.Detail,
		}
	}
	return out
}

// clientText says who sends requests with a credential, as far as it is known.
func clientText(c admin.Credential) string {
	with := "with the token “" + tokenName(c) + "”"
	if c.Agent == "" {
		return "Requests arrive " + with + ". The client does not say what it is."
	}
	return "Requests arrive " + with + ". The client calls itself “" + c.Agent + "”."
}

// isLater reports whether a refusal came after the last success. Both times are whole seconds. A request that lacks a
// scope is a use of its credential, too, so in the same second the refusal is the later one.
func isLater(refused tenant.Refusal, success time.Time) bool {
	return refused.Last.After(success) || refused.Cause == tenant.MissingScope && refused.Last.Equal(success)
}

// problem says what was wrong with a refused request.
func (o observed) problem(refused tenant.Refusal) connection {
	c := o.explain(refused.Cause)
	c.State, c.At = "trouble", refused.Last
	return c
}

// lastRefusal returns the last refused request that is about the connection; zero: none.
func (o observed) lastRefusal(newest admin.Credential, now time.Time) (last tenant.Refusal) {
	for _, r := range o.Refusals {
		if isConnection(r.Cause) && r.Last.After(last.Last) && now.Sub(r.Last) < refusalSpan &&
			r.Last.After(newest.Created.Add(-time.Second)) {
			last = r
		}
	}
	if o.Unknown.After(last.Last) && now.Sub(o.Unknown) < unknownSpan && newest.Used == nil {
		last = tenant.Refusal{Cause: tenant.UnknownCredential, Last: o.Unknown}
	}
	return last
}

// isConnection reports whether a cause is about how the provider connects. Others are about single
// requests, which the log shows.
func isConnection(cause tenant.RefusalCause) bool {
	status := cause.Status()
	return status == http.StatusUnauthorized || status == http.StatusNotFound || cause == tenant.MissingScope
}

// observe reads what the page of the connection needs.
func (s *server) observe(q *request) (o observed, err error) {
	o.Support = s.Support
	if o.Credentials, err = s.credentials(q); err != nil {
		return o, err
	}
	now, tenants := s.Now(), s.Service.Directory.Tenants()
	if o.Refusals, err = tenants.Refusals(q.Context(), q.Tenant.ID, now.Add(-refusalSpan)); err != nil {
		return o, err
	}
	unknown, err := tenants.Refusals(q.Context(), "", now.Add(-unknownSpan))
	if err != nil {
		return o, err
	}
	for _, r := range unknown {
		if r.Last.After(o.Unknown) {
			o.Unknown = r.Last
		}
	}
	o.Entries, _, err = s.Service.Directory.For(q.Tenant.ID).Log().Page(q.Context(), provlog.Query{
		From: now.Add(-refusalSpan), To: now.Add(time.Minute), Since: q.Tenant.Created, Limit: entriesRead,
		Wanted: func(e provlog.Entry) bool { return e.Operator == "" },
	})
	return o, err
}

// waitSeconds is the time after which a browser without JavaScript loads the page again.
const waitSeconds = 15

// showConnection shows whether the provider's requests arrive.
func (s *server) showConnection(q *request) error {
	o, err := s.observe(q)
	if err != nil {
		return err
	}
	c := o.judge(s.Now())
	p := idp.For(tenant.BearerToken, q.Tenant.Profile)
	page := web.Page{Title: c.Title, Content: struct {
		connection
		Base     string
		BaseURL  web.Copyable
		Failures []failures
		Next     *web.Link
	}{c, q.base, s.connectionValues(q, p)[0], failuresFor(q.Tenant.Profile), nextPage(q, c)}}
	if c.Live() {
		page.RefreshSeconds = waitSeconds
	}
	return s.renderPage(q, http.StatusOK, "connection", page)
}

// nextPage returns the page that helps in the state of a connection; nil: none.
func nextPage(q *request, c connection) *web.Link {
	switch {
	case c.State == "connected":
		return &web.Link{Text: "See what arrives", URL: q.base + "/activity"}
	case c.State == "none" && q.mayChange():
		return &web.Link{Text: "Create a token", URL: q.base + "/tokens"}
	case c.State == "none", c.WrongToken:
		return &web.Link{Text: "Show tokens", URL: q.base + "/tokens"}
	}
	return nil
}

// overview is the content of the start page.
type overview struct {
	connection
	Base, Tenant        string
	Provider            string // for which the service is prepared; "" if it is not known
	Guide               string // the page of the guide, or of all guides
	HasToken, MayChange bool
	Stats               []web.Stat
	Facts               web.Facts
	Support             string
	CSRF                string
}

// Chosen reports whether the first step is done: the provider is known, or the customer has made a token for one.
func (o overview) Chosen() bool { return o.Provider != "" || o.HasToken }

// showOverview shows what is done and what is next.
func (s *server) showOverview(q *request) error {
	o, err := s.observe(q)
	if err != nil {
		return err
	}
	users, groups, err := s.counts(q)
	if err != nil {
		return err
	}
	c := o.judge(s.Now())
	page := overview{
		connection: c, Base: q.base, Tenant: q.tenantName(), Guide: q.base + "/guide",
		HasToken: c.State != "none", MayChange: q.mayChange(),
		Stats: stats(users, groups, q.base+"/activity"), Support: s.Support, CSRF: q.formToken(),
		Facts: web.Facts{
			{Name: "You may", Cell: web.Cell{Text: roleText(q)}},
			{Name: "This session ends", Cell: web.Cell{Time: q.Expires}},
		},
	}
	if profile := q.Tenant.Profile; profile != tenant.Generic {
		known := idp.For(tenant.BearerToken, profile)
		page.Provider = known.Name
		// With one kind of credential it has one guide.
		if idp.For(tenant.ClientSecret, profile).Profile != profile {
			page.Guide += "/" + known.Slug
		}
	}
	return s.render(q, http.StatusOK, "overview", "Overview", page)
}

func roleText(q *request) string {
	if q.mayChange() {
		return "View everything, and create or rotate tokens"
	}
	return "View everything. A link with the role setup lets you create tokens, too."
}
