// Package server implements the SCIM protocol over HTTP (RFC 7644). Each operation has a file of
// its own: it takes a request and returns a response or an error. Only server.go, request.go and
// response.go read bodies and write answers; bulk_send.go makes requests of its own.
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
	"scimserver/shared/tenant"
)

// Options configure a server. Now may be nil. Directory may be nil if no endpoint needs it.
type Options struct {
	Registry  *schema.Registry
	Directory *directory.Directory
	// Passwords hashes passwords that providers send; nil discards them.
	Passwords func(clear string) (hash string, err error)
	// BaseURL is the public URL of the service; empty means the URL of each request.
	BaseURL string
	// Support says whom a customer's administrator can ask. It completes the sentence "ask ...". Empty
	// means "the support of this service".
	Support string
	Log     *slog.Logger
	Now     func() time.Time
	// Schemas returns the registry of a tenant that has schemas of its own. If it is nil, all
	// tenants have Registry.
	Schemas func(context.Context, tenant.ID, tenant.SchemaVersion) (*schema.Registry, error)
}

// Server answers SCIM requests. It is safe for concurrent use.
type Server struct {
	Options
	endpoints []Endpoint
	routes    []route
	hooks     hooks
}

// Endpoint is a part of the service: Users, Groups, and so on.
type Endpoint func(*Server) []route

// New returns a server with the given endpoints.
func New(o Options, endpoints ...Endpoint) *Server {
	s := &Server{Options: o, endpoints: endpoints, hooks: noHooks()}
	s.Support = cmp.Or(s.Support, "the support of this service")
	if s.Now == nil {
		s.Now = time.Now
	}
	for _, endpoint := range endpoints {
		s.routes = append(s.routes, endpoint(s)...)
	}
	return s
}

// operation carries out a request. toSCIMError turns every error that is not a *scim.Error into one.
type operation func(ctx context.Context, r *request) (*response, error)

// ServeHTTP carries out a request, writes the answer and logs one line.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	origin, _ := hr.Context().Value(originKey{}).(Origin)
	if s.BaseURL != "" {
		origin.BaseURL = s.BaseURL
	}
	out, failed := s.perform(hr.Context(), origin, hr)
	if failed != nil {
		errorHeaders(w.Header(), failed)
	}
	s.write(w, hr.Method, out)
}

// perform carries out a request and logs one line. If the request fails, out is the response of the
// error failed. Otherwise failed is nil.
func (s *Server) perform(ctx context.Context, origin Origin, hr *http.Request) (out *response, failed *scim.Error) {
	ctx, usage := directory.WithMeter(ctx)
	e := &event{start: s.Now()}
	r := &request{Origin: origin, Request: hr, event: e, support: s.Support, parameters: hr.URL.Query()}
	out, err := s.run(ctx, r)
	if err != nil {
		s.hooks.recordConflicts(ctx, r, err)
		e.err = toSCIMError(r, err)
		out = &response{Status: e.err.Status, Body: e.err.Value()}
	}
	e.status = out.Status
	s.hooks.logUnwritten(ctx, r)
	s.hooks.countRefusal(ctx, r)
	s.hooks.noteAgent(ctx, r)
	e.log(ctx, s.Log, r, usage(), s.Now())
	return out, e.err
}

// run finds the operation and calls it.
func (s *Server) run(ctx context.Context, r *request) (*response, error) {
	op, err := s.findMethod(r)
	if err != nil {
		return nil, err
	}
	if err := s.authorize(ctx, r, op); err != nil {
		return nil, err
	}
	if s.Schemas != nil && r.Caller.Schemas != "" && !op.public {
		if op, err = s.extendedMethod(ctx, r); err != nil {
			return nil, err
		}
	}
	return op.run(r.withLogRecord(ctx), r)
}

// extendedMethod returns the operation of a server that has the registry of the request's tenant
// instead of the common one.
func (s *Server) extendedMethod(ctx context.Context, r *request) (method, error) {
	registry, err := s.Schemas(ctx, r.Caller.Tenant, r.Caller.Schemas)
	if err != nil {
		return method{}, err
	}
	o := s.Options
	o.Registry, o.Schemas = registry, nil
	return New(o, s.endpoints...).findMethod(r)
}

// authorize checks Accept, the credential's expiry and its scope, and then opens the tenant's part
// of the directory.
func (s *Server) authorize(ctx context.Context, r *request, m method) error {
	if !acceptable(r.Header.Values("Accept")) {
		return scim.NotAcceptable(
			"the service can only answer in " + scim.MediaType + "; allow it in the Accept header",
		)
	}
	if m.public {
		return nil
	}
	switch c := r.Caller; {
	case c.Tenant == "":
		return scim.Unauthorized("the request has no valid bearer token; " +
			"enter the token in the identity provider's configuration")
	case !c.Expires.IsZero() && !s.Now().Before(c.Expires):
		return scim.Unauthorized("the bearer token has expired; request a new access token at /oauth2/token, " +
			"or ask " + r.support + " for a new token")
	case c.Subject != "" && !m.self:
		return r.refuse(tenant.UserToken,
			scim.Forbidden("the bearer token belongs to one user and can only be used at /Me"))
	case !c.May(m.scope):
		return r.refuse(tenant.MissingScope, scim.Forbidden("the bearer token does not have the scope "+
			string(m.scope)+"; ask "+r.support+" for a token that has it"))
	}
	return s.hooks.open(ctx, r)
}
