package admin

import "net/http"

func (h *handler) provisioningLog(s *Service) {
	h.handle("GET /v1/tenants/{id}/log", tenantLabel, withoutBody(func(r *http.Request) (LogPage, error) {
		q, err := logQuery(r, s.Now())
		if err != nil {
			return LogPage{}, err
		}
		return s.Log(r.Context(), tenantOf(r), q)
	}), "from", "to", "user", "group", "status", "after", "limit")
	h.handle("GET /v1/tenants/{id}/log/days", tenantLabel, withoutBody(func(r *http.Request) (LogDays, error) {
		n, err := logDays(r)
		if err != nil {
			return LogDays{}, err
		}
		return s.LogDays(r.Context(), tenantOf(r), n)
	}), "days")
}
