package admin

import (
	"net/http"
)

func (h *handler) provisioningLog(s *Service) {
	h.handle("GET /v1/tenants/{id}/log", theTenant, func(r *http.Request) (int, any, error) {
		q, err := logQuery(r, s.Now())
		if err != nil {
			return 0, nil, err
		}
		out, err := s.Log(r.Context(), tenantOf(r), q)
		return http.StatusOK, out, err
	}, "from", "to", "user", "status", "after", "limit")
}
