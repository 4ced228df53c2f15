package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
)

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

// RequestID is the id of a request that came through a gateway, "" of any other.
func RequestID(ctx context.Context) string {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o.RequestID
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
