package admin

import (
	"fmt"
	"net/http"
)

func (h *handler) persons(s *Service) {
	for _, path := range []string{"/v1/persons", "/v1/tenants/{id}/persons"} {
		h.handle("POST "+path+"/export", personLabel,
			withBody(http.StatusOK, func(r *http.Request, in PersonSearch) (PersonRecords, error) {
				return s.PersonRecords(r.Context(), tenantOf(r), in)
			}))
		h.handle("POST "+path+"/erase", personLabel,
			withBody(http.StatusOK, func(r *http.Request, in PersonErasure) (ErasedPerson, error) {
				return s.ErasePerson(r.Context(), tenantOf(r), in)
			}))
	}
}

func personLabel(r *http.Request) string {
	if r.PathValue("id") == "" {
		return "accounts"
	}
	return fmt.Sprintf("tenant %q", r.PathValue("id"))
}
