package admin

import "net/http"

func (h *handler) exports(s *Service) {
	const path = "/v1/tenants/{id}/export"
	h.handle("POST "+path, tenantLabel,
		withBody(http.StatusOK, func(r *http.Request, _ struct{}) (ExportStart, error) {
			return s.StartExport(r.Context(), tenantOf(r))
		}))
	h.handle("GET "+path, tenantLabel, withoutBody(func(r *http.Request) (ExportPage, error) {
		return s.Export(r.Context(), tenantOf(r), r.URL.Query().Get("after"))
	}), "after")
}
