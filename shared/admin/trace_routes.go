package admin

import (
	"net/http"
	"net/url"
	"time"

	"scimserver/shared/trace"
)

// maxTracePage keeps an answer with the largest bodies below the 6 MB of a Lambda function.
const maxTracePage = 50

func (h *handler) traces(s *Service) {
	h.handle("GET /v1/tenants/{id}/trace", tenantLabel, withoutBody(func(r *http.Request) (Trace, error) {
		return s.Trace(r.Context(), tenantOf(r))
	}))
	h.handle("PUT /v1/tenants/{id}/trace", tenantLabel,
		withBody(http.StatusOK, func(r *http.Request, in TraceStart) (Trace, error) {
			return s.StartTrace(r.Context(), tenantOf(r), in)
		}))
	h.handle("DELETE /v1/tenants/{id}/trace", tenantLabel, withoutBody(func(r *http.Request) (Trace, error) {
		return s.EndTrace(r.Context(), tenantOf(r))
	}))
	h.handle("GET /v1/tenants/{id}/trace/requests", tenantLabel,
		withoutBody(func(r *http.Request) (TraceRequests, error) {
			q, err := traceQuery(r.URL.Query())
			if err != nil {
				return TraceRequests{}, err
			}
			return s.TraceRequests(r.Context(), tenantOf(r), q)
		}), "after", "limit", "wait")
}

// traceQuery reads the parameters of a request for recorded requests.
func traceQuery(values url.Values) (q TraceQuery, err error) {
	if q.After = values.Get("after"); q.After != "" && !trace.ValidPosition(q.After) {
		return q, invalid("after must be the value of last in an earlier answer")
	}
	limit, err := wholeNumber(values, "limit", maxTracePage, 1, maxTracePage)
	if err != nil {
		return q, err
	}
	wait, err := wholeNumber(values, "wait", 0, 0, maxEventWait)
	q.Limit, q.Wait = int(limit), time.Duration(wait)*time.Second
	return q, err
}
