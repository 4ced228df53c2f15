// Package server is the SCIM protocol over HTTP (RFC 7644). An operation, one
// file each, takes a request in terms of SCIM and returns a response or an
// error; server.go alone reads HTTP requests, writes bytes and logs.
package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
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

// Origin is what the gateway in front knows of a request besides HTTP.
type Origin struct {
	Caller    tenant.Caller // zero where the route asks for no credential
	RequestID string
	BaseURL   string // the public URL under which the request came
}

type originKey struct{}

// WithOrigin returns a context for a request that came through a gateway.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// Endpoint is a part of the service: Users, Groups, and so on.
type Endpoint func(*Server) []route

// RequestID is the id of a request that came through a gateway, "" of any other.
func RequestID(ctx context.Context) string {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o.RequestID
}

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

// request is a request in terms of SCIM.
type request struct {
	Origin
	*http.Request
	ID        scim.ID // from the path, where the route has one
	Directory *directory.Tenant
	event     *event
	support   string // Options.Support
	// parameters are those of the URL or, of a .search, those in the body.
	parameters url.Values

	projection *schema.Projection // of every representation in the answer
}

// tolerant reports whether the tenant's profile has deviations from the RFCs
// repaired.
func (r *request) tolerant() bool { return r.Caller.Profile != tenant.Strict }

// response is a response in terms of SCIM. Null means no body.
type response struct {
	Status   int
	Body     scim.Value
	Location string
	ETag     string
}

// operation carries out a request. An error that is no *scim.Error is internal.
type operation func(ctx context.Context, r *request) (*response, error)

// ServeHTTP carries out a request, renders the outcome and logs one line.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	ctx, usage := directory.Metered(hr.Context())
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

// outward turns any error into one for the client. What it does not know is
// internal, and its text stays in the log.
func outward(r *request, err error) *scim.Error {
	if e, ok := errors.AsType[*scim.Error](err); ok {
		return e
	}
	if e, ok := errors.AsType[*directory.TakenError](err); ok {
		return takenError(r, err, e)
	}
	if e, ok := errors.AsType[*directory.UnknownMembersError](err); ok {
		return unknownMembers(e)
	}
	switch {
	case errors.Is(err, directory.ErrNotFound):
		return scim.NotFound(fmt.Sprintf("no resource at this endpoint has the id %.64q", string(r.ID)))
	case errors.Is(err, directory.ErrVersion):
		return outdated(r)
	case errors.Is(err, directory.ErrTooMany):
		return scim.TooMany("there is more to read for this than one request may")
	case errors.Is(err, directory.ErrCycle):
		return scim.InvalidValue("members would make the group a member of itself, directly or through other groups")
	case errors.Is(err, directory.ErrDepth):
		return scim.InvalidValue(fmt.Sprintf("members would nest groups more than %d deep", directory.MaxDepth))
	case errors.Is(err, directory.ErrContention), errors.Is(err, directory.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return scim.Unavailable(retryAfter).WithCause(err)
	}
	return scim.Internal(err)
}

// retryAfter is the number of seconds after which a provider may try again what
// the directory could not carry out.
const retryAfter = 2

func errorHeaders(h http.Header, e *scim.Error) {
	if e.Allow != "" {
		h.Set("Allow", e.Allow)
	}
	if e.AcceptEncoding != "" {
		h.Set("Accept-Encoding", e.AcceptEncoding)
	}
	if e.RetryAfter != 0 {
		h.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	if e.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="scim"`)
	}
}

// write is the only writer of answers.
func (s *Server) write(w http.ResponseWriter, method string, out *response) {
	h := w.Header()
	if out.Location != "" {
		h.Set("Location", out.Location)
	}
	if out.ETag != "" {
		h.Set("ETag", out.ETag)
	}
	// Without a body, too: the gateway would add a media type of its own, which strict clients refuse.
	h.Set("Content-Type", scim.MediaType)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(out.Status)
	if method != http.MethodHead && out.Body.Kind() != scim.Null {
		_, _ = w.Write(out.Body.Bytes()) // the client is gone: nothing is left to do
	}
}

// body reads and parses the request's JSON, of at most so many bytes.
func (r *request) body(limit int) (scim.Value, error) {
	if err := checkMedia(r.Header); err != nil {
		return scim.Value{}, err
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, int64(limit)+1))
	if err != nil {
		return scim.Value{}, scim.InvalidSyntax("the body could not be read").WithCause(err)
	}
	if len(data) > limit {
		return scim.Value{}, scim.TooLarge(fmt.Sprintf("the body has more than %d bytes", limit))
	}
	if replacedByGateway(r.Header, data) {
		return scim.Value{}, scim.InvalidSyntax("the body is not valid UTF-8")
	}
	body, err := scim.ParseJSON(bytes.TrimPrefix(data, []byte(byteOrderMark)))
	r.about(body)
	return body, err
}

// byteOrderMark is what some clients write in front of UTF-8 (RFC 8259 section 8.1).
const byteOrderMark = "\xef\xbb\xbf"
