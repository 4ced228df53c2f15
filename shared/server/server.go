// Package server is the SCIM protocol over HTTP (RFC 7644). An operation, one
// file each, takes a request in terms of SCIM and returns a response or an
// error; server.go alone reads HTTP requests, writes bytes and logs.
package server

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Options are what a server is made of. Now may be nil, Directory where no
// endpoint needs one.
type Options struct {
	Registry  *schema.Registry
	Directory *directory.Directory
	// Passwords hashes passwords that providers send; nil discards them.
	Passwords func(clear string) (hash string, err error)
	// BaseURL is the public URL of the service; empty means each request's own.
	BaseURL string
	// Support is whom a customer's administrator can ask, in words that follow "ask";
	// empty means the support of this service.
	Support string
	Log     *slog.Logger
	Now     func() time.Time
}

// Server answers SCIM requests. It is safe for concurrent use.
type Server struct {
	Options
	routes []route
	hooks  hooks
}

// Endpoint is a part of the service: Users, Groups, and so on.
type Endpoint func(*Server) []route

// New makes a server of the given endpoints.
func New(o Options, endpoints ...Endpoint) *Server {
	s := &Server{Options: o, hooks: noHooks()}
	s.Support = cmp.Or(s.Support, "the support of this service")
	if s.Now == nil {
		s.Now = time.Now
	}
	for _, endpoint := range endpoints {
		s.routes = append(s.routes, endpoint(s)...)
	}
	return s
}

// operation carries out a request. An error that is no *scim.Error is internal.
type operation func(ctx context.Context, r *request) (*response, error)

// ServeHTTP carries out a request, renders the outcome and logs one line.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	ctx, usage := directory.WithMeter(hr.Context())
	origin, _ := ctx.Value(originKey{}).(Origin)
	if s.BaseURL != "" {
		origin.BaseURL = s.BaseURL
	}
	e := &event{start: s.Now()}
	r := &request{Origin: origin, Request: hr, event: e, support: s.Support, parameters: hr.URL.Query()}
	out, err := s.carryOut(ctx, r)
	if err != nil {
		s.hooks.recordConflicts(ctx, r, err)
		e.err = outward(r, err)
		out = &response{Status: e.err.Status, Body: e.err.Value()}
		errorHeaders(w.Header(), e.err)
	}
	e.status = out.Status
	s.hooks.logFailure(ctx, r)
	s.write(w, hr.Method, out)
	e.log(ctx, s.Log, r, usage(), s.Now())
}

// carryOut finds the operation and calls it.
func (s *Server) carryOut(ctx context.Context, r *request) (*response, error) {
	op, err := s.find(r)
	if err != nil {
		return nil, err
	}
	if err := s.admit(ctx, r, op); err != nil {
		return nil, err
	}
	return op.run(r.recorded(ctx), r)
}

// admit checks the credential's life and scope and the representation asked for,
// and opens the caller's part of the directory.
func (s *Server) admit(ctx context.Context, r *request, m method) error {
	if !acceptable(r.Header.Values("Accept")) {
		return scim.NotAcceptable("the service answers in " + scim.MediaType)
	}
	if m.public {
		return nil
	}
	switch c := r.Caller; {
	case c.Tenant == "":
		return scim.Unauthorized("a bearer token is required")
	case !c.Expires.IsZero() && !s.Now().Before(c.Expires):
		return scim.Unauthorized("the bearer token has expired; ask /oauth2/token for a new access token, or " + r.support + " for a new token")
	case c.Subject != "" && !m.self:
		return scim.Forbidden("the bearer token speaks for one user and reaches /Me only")
	case !c.May(m.scope):
		return scim.Forbidden("the bearer token lacks the scope " + string(m.scope))
	}
	return s.hooks.open(ctx, r)
}
