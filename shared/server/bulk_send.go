package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/bulk"
)

// send carries out an operation as a single request. The log line and the entry in the
// provisioning log have the id of the bulk request, followed by the number of the operation.
func (j *bulkJob) send(ctx context.Context, i int, o bulk.Operation) *bulkResult {
	hr, err := j.single.singleRequest(j.r, o)
	if err != nil {
		return j.refused(o, err)
	}
	origin := j.r.Origin
	origin.RequestID = fmt.Sprintf("%s.%d", j.r.RequestID, i+1)
	out, failed := j.single.perform(ctx, origin, hr.WithContext(ctx))
	return j.answered(o, out, failed)
}

// singleRequest makes the HTTP request of an operation.
func (s *Server) singleRequest(r *request, o bulk.Operation) (*http.Request, *scim.Error) {
	before, _, _ := strings.Cut(r.URL.EscapedPath(), Root)
	u, err := url.ParseRequestURI(before + Root + o.Path)
	if err != nil || u.RawQuery != "" {
		return nil, scim.InvalidValue("path must be /Users, /Groups, /Users/{id} or /Groups/{id}")
	}
	hr := &http.Request{
		Method: o.Method,
		URL:    u,
		Header: http.Header{"Content-Type": {scim.MediaType}},
		Body:   http.NoBody,
	}
	if o.Version != "" {
		hr.Header.Set("If-Match", o.Version)
	}
	if o.Method != http.MethodDelete {
		hr.Body = io.NopCloser(bytes.NewReader(o.Data.Bytes()))
	}
	return hr, nil
}

// complete sets the attributes of a new user that refer to resources which were created
// after it. If that fails, the user is deleted: an operation is carried out as a whole or
// not at all.
func (j *bulkJob) complete(ctx context.Context, i int) {
	o := j.request.Operations[i]
	location := "/Users/" + path.Base(j.results[i].location)
	full := o.Resolve(j.ids)
	if missing := full.References(); len(missing) > 0 {
		j.undo(ctx, i, location, j.refused(o, failedReference(missing)))
		return
	}
	if ctx.Err() != nil {
		e := scim.Unavailable(retryAfter)
		e.Detail = "the time of the request was over before the references of this user could be set"
		j.undo(ctx, i, location, j.refused(o, e))
		return
	}
	patch := bulk.Operation{
		Method: http.MethodPatch,
		Path:   location,
		Data:   bulk.Complete(full.Data, o.Postpone(j.plan.Postponed[i]).Data),
	}
	set := j.send(ctx, i, patch)
	switch {
	case set.succeeded():
		j.results[i].version = set.version
	case set.status != http.StatusNotFound: // 404: a later operation has deleted the user
		set.method, set.bulkID, set.location = o.Method, o.BulkID, ""
		j.undo(ctx, i, location, set)
	}
}

// undo deletes a user that could not be completed. why becomes the result of the operation. When the time of the
// request is over, it sends nothing: a request that can only fail would still wait for its entry in the log.
func (j *bulkJob) undo(ctx context.Context, i int, location string, why *bulkResult) {
	j.results[i] = why
	if ctx.Err() != nil {
		why.location = j.r.BaseURL + location
		return
	}
	removed := j.send(ctx, i, bulk.Operation{Method: http.MethodDelete, Path: location})
	if !removed.succeeded() && removed.status != http.StatusNotFound {
		why.location = j.r.BaseURL + location // the user still exists, without the references
	}
}
