package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/scim/bulk"
	"scimserver/shared/tenant"
)

// The limits of a bulk request (RFC 7644 section 3.7.4), which /ServiceProviderConfig
// shows.
const (
	maxOperations  = 1000
	maxPayloadSize = 1 << 20 // bytes
)

// Bulk is the endpoint of bulk requests (RFC 7644 section 3.7). It carries out the operations
// with the same code and under the same rules as single requests.
func Bulk(s *Server) []route {
	b := &bulkEndpoint{Server: s, single: New(s.Options, Users, Groups)}
	s.hooks.countRefusal, s.hooks.noteAgent = s.countRefusal, s.noteAgent
	return []route{{"/Bulk", map[string]method{http.MethodPost: readMethod("bulk", b.run)}}}
}

// bulkEndpoint serves bulk requests.
type bulkEndpoint struct {
	*Server
	single *Server // carries out the operations
}

func (b *bulkEndpoint) run(ctx context.Context, r *request) (*response, error) {
	message, err := readBulk(r)
	if err != nil {
		return nil, err
	}
	if err := b.allow(ctx, r, len(message.Operations)); err != nil {
		return nil, err
	}
	job := newBulkJob(b, r, message)
	job.run(ctx)
	return &response{Status: http.StatusOK, Body: job.message()}, nil
}

// readBulk reads the message. If it exceeds a limit, the error names the limit (section
// 3.7.4).
func readBulk(r *request) (bulk.Request, error) {
	body, err := r.body(maxPayloadSize)
	if tooLarge, ok := errors.AsType[*scim.Error](err); ok && tooLarge.Status == http.StatusRequestEntityTooLarge {
		err = scim.TooLarge(fmt.Sprintf("the body has more than %d bytes; that is maxPayloadSize", maxPayloadSize))
	}
	if err != nil {
		return bulk.Request{}, err
	}
	return bulk.Parse(body, maxOperations)
}

// allow counts the operations against the tenant's limit of requests, so that bulk requests
// can't exceed it.
func (b *bulkEndpoint) allow(ctx context.Context, r *request, operations int) error {
	limits, err := b.limitsOf(ctx, r.Caller.Tenant)
	if err != nil {
		return err
	}
	wait, err := b.Directory.For(r.Caller.Tenant).
		TakeOperations(ctx, operations, limits.RequestsPerSecond, limits.Burst)
	if err != nil || wait == 0 {
		return err
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	return r.refuse(tenant.BulkRate, &scim.Error{
		Status: http.StatusTooManyRequests, RetryAfter: seconds, Detail: fmt.Sprintf(
			"the operations of earlier bulk requests exceed this tenant's limit, which is %d per second; "+
				"send the request again after %d s, or ask %s for a higher limit",
			limits.RequestsPerSecond, seconds, r.support),
	})
}

func (b *bulkEndpoint) limitsOf(ctx context.Context, id tenant.ID) (tenant.Limits, error) {
	t, err := b.Directory.Tenants().Tenant(ctx, id)
	if errors.Is(err, directory.ErrNotFound) {
		return tenant.DefaultLimits(), nil
	}
	return t.Limits, err
}
