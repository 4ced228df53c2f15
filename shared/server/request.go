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

// Origin is what the gateway knows about a request besides the HTTP request itself.
type Origin struct {
	Caller    tenant.Caller // zero if the route needs no credential
	RequestID string
	BaseURL   string // the public URL under which the request came
}

type originKey struct{}

// WithOrigin returns a context for a request that came through a gateway.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// RequestID returns the id that the gateway gave to a request, or "".
func RequestID(ctx context.Context) string {
	o, _ := ctx.Value(originKey{}).(Origin)
	return o.RequestID
}

// request is an HTTP request with its parsed and looked-up parts.
type request struct {
	Origin
	*http.Request
	ID        scim.ID // from the path, if the route has one
	Directory *directory.Tenant
	event     *event
	support   string // Options.Support
	// parameters come from the URL, or from the body of a .search.
	parameters url.Values

	projection *schema.Projection // applied to every resource in the answer
}

// tolerant reports whether the tenant's profile allows the repair of requests that depart from the
// RFCs.
func (r *request) tolerant() bool { return r.Caller.Profile != tenant.Strict }

// body reads and parses the request's JSON. limit is the maximum size in bytes.
func (r *request) body(limit int) (scim.Value, error) {
	if err := checkMedia(r.Header); err != nil {
		return scim.Value{}, err
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, int64(limit)+1))
	if err != nil {
		return scim.Value{}, scim.InvalidSyntax("the body could not be read to its end; " +
			"send the request again").WithCause(err)
	}
	if len(data) > limit {
		return scim.Value{}, scim.TooLarge(
			fmt.Sprintf("the body is larger than %d bytes; send less in one request", limit),
		)
	}
	if hasReplacementCharacter(r.Header, data) {
		return scim.Value{}, scim.InvalidSyntax("the body is not valid UTF-8; send it in that encoding")
	}
	body, err := scim.ParseJSON(bytes.TrimPrefix(data, []byte(byteOrderMark)))
	r.setNames(body)
	return body, err
}

// byteOrderMark is what some clients write before UTF-8 text (RFC 8259 section 8.1).
const byteOrderMark = "\xef\xbb\xbf"
