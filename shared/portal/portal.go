// Package portal is the setup page: it leads a customer's administrator from a link to the first
// provisioned user, and shows what is provisioned and what failed. An operator invites to it; see
// the operations Invite and RevokeInvitation of package admin.
//
// It shows one tenant, the one of the session. It never shows who holds a value elsewhere, the
// identity of an operator, or a secret other than a new one. The threats and the answers to them are
// in infra/docs/security.md.
package portal

import (
	"cmp"
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"scimserver/shared/admin"
	"scimserver/shared/web"
)

//go:embed pages/*.html
var pages embed.FS

// Options configure a portal. BaseURL, TokenEndpoint and Support may be empty.
type Options struct {
	Service *admin.Service
	// BaseURL is the URL of the SCIM service. If it is empty, it is derived from each request.
	BaseURL string
	// Support is whom the customer can ask, such as an email address.
	Support string
	Log     *slog.Logger
	// Prefix returns the part of a request's public path before admin.SetupPath: the stage of the API,
	// such as /v1, or "".
	Prefix func(*http.Request) string
	// RequestID returns the id of a request, which log lines and entries have.
	RequestID func(context.Context) string
	Now       func() time.Time // nil means time.Now
}

// server serves the pages.
type server struct {
	Options
	renderer *web.Renderer
	mux      *http.ServeMux
}

// New returns the handler of the setup page.
func New(o Options) (http.Handler, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Support = cmp.Or(o.Support, "the support of this service")
	files, err := fs.Sub(pages, "pages")
	if err != nil {
		return nil, err
	}
	renderer, err := web.NewRenderer(files)
	if err != nil {
		return nil, err
	}
	s := &server{Options: o, renderer: renderer, mux: http.NewServeMux()}
	s.routes()
	return web.Secure(s), nil
}

func (s *server) routes() {
	s.handle("GET /setup", s.showDoor)
	s.handle("GET /setup/{$}", s.showDoor)
	s.handle("POST /setup/open", s.open)
	s.handleVisit("POST /setup/leave", s.leave)
	s.handleVisit("GET /setup/overview", s.showOverview)
	s.handleVisit("GET /setup/guide", s.showProviders)
	s.handleVisit("GET /setup/guide/{provider}", s.showGuide)
	s.handleVisit("GET /setup/tokens", s.showTokens)
	s.handleVisit("POST /setup/tokens", s.createToken)
	s.handleVisit("GET /setup/tokens/{key}/rotate", s.confirmRotation)
	s.handleVisit("POST /setup/tokens/{key}/rotate", s.rotateToken)
	s.handleVisit("GET /setup/connection", s.showConnection)
	s.handleVisit("GET /setup/activity", s.showActivity)
	s.handleVisit("GET /setup/requests", s.showRequests)
	s.handleVisit("GET /setup/conflicts", s.showConflicts)
	s.mux.Handle("GET /setup"+web.AssetPrefix, http.StripPrefix(admin.SetupPath, web.Assets()))
}
