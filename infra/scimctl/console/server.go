package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"time"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

//go:embed pages/*.html
var files embed.FS

// console is a running console.
type console struct {
	options  Options
	address  string // 127.0.0.1 with the port
	base     string // the path that all links begin with
	api      *apiclient.Client
	session  *session
	renderer *web.Renderer
	health   *memo[admin.Health]
	table    *tableRun
	activity *memo[[]web.Day]
}

// newConsole makes a console. The path of its pages is random, and the cookie is bound to it: other
// programs at 127.0.0.1 do not get the cookie, though browsers send cookies to every port.
func newConsole(o Options, address string) (*console, error) {
	pages, err := fs.Sub(files, "pages")
	if err != nil {
		return nil, err
	}
	renderer, err := web.NewRenderer(pages)
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	return &console{
		options: o, address: address, base: "/" + strings.ToLower(rand.Text()), api: o.API,
		session: newSession(), renderer: renderer, table: &tableRun{left: cmp.Or(o.Left, defaultLeft)},
		health: newMemo[admin.Health](), activity: newMemo[[]web.Day](),
	}, err
}

// link is the URL that gives access, once.
func (c *console) link() string { return "http://" + c.address + "/open/" + c.session.secret }

// pages routes the requests of the session.
func (c *console) pages() http.Handler {
	mux := http.NewServeMux()
	c.tenantPages(mux)
	c.personPages(mux)
	c.groupPages(mux)
	c.teamPages(mux)
	c.logPages(mux)
	c.tracePages(mux)
	c.conflictPages(mux)
	c.credentialPages(mux)
	c.invitationPages(mux)
	c.schemaPages(mux)
	c.tablePages(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		c.renderProblem(w, r, problem{
			status: http.StatusNotFound, title: "There is no such page",
			text: "The address is mistyped, or the page belongs to another version of scimctl.",
		})
	})
	return mux
}

// view makes a page.
type view func(ctx context.Context, r *http.Request) (screen, error)

// show serves a page.
func (c *console) show(mux *http.ServeMux, pattern string, v view) {
	mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		if !validPath(r, pattern) {
			c.renderProblem(w, r, explain(errNotFound, r))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), c.options.Timeout)
		defer cancel()
		s, err := v(ctx, r)
		if err != nil {
			c.renderProblem(w, r, explain(err, r))
			return
		}
		c.renderScreen(w, r, http.StatusOK, s)
	})
}

// validPath refuses ids that would lead the request to another path of the API.
func validPath(r *http.Request, pattern string) bool {
	for part := range strings.SplitSeq(pattern, "/") {
		name, isWildcard := strings.CutPrefix(part, "{")
		if !isWildcard || part == "{$}" {
			continue
		}
		switch r.PathValue(strings.TrimSuffix(name, "}")) {
		case "", ".", "..":
			return false
		}
	}
	return true
}

// get reads from the operator API. If the service is busy, it tries once more only, because a person is waiting.
func (c *console) get(ctx context.Context, path string, out any) error {
	err := c.api.Once(ctx, http.MethodGet, path, nil, out)
	isBusy := apiclient.HasStatus(err, http.StatusTooManyRequests) ||
		apiclient.HasStatus(err, http.StatusServiceUnavailable)
	if isBusy && apiclient.Sleep(ctx, time.Second) {
		return c.api.Once(ctx, http.MethodGet, path, nil, out)
	}
	return err
}

// at is the path of a page of the console.
func (c *console) at(parts ...string) string { return c.base + joinPath(parts) }

// joinPath is a path from the names of its parts.
func joinPath(parts []string) string {
	path := ""
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	return path
}

// apiPath is a path of the operator API about a tenant.
func apiPath(tenant string, parts ...string) string {
	return "/tenants/" + url.PathEscape(tenant) + joinPath(parts)
}

// withQuery adds the parameters that have a value to a path.
func withQuery(path string, query url.Values) string {
	set := url.Values{}
	for name, values := range query {
		if values[0] != "" {
			set[name] = values
		}
	}
	if len(set) == 0 {
		return path
	}
	return path + "?" + set.Encode()
}

// pageSize is the number of rows on a page of a list.
const pageSize = "50"

// memoLife is how long a memo uses an answer again.
const memoLife = time.Minute
