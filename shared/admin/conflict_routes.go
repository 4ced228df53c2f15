package admin

import (
	"fmt"
	"net/http"
	"regexp"

	"scimserver/shared/directory"
)

func (h *handler) conflicts(s *Service) {
	const all, one = "/v1/tenants/{id}/conflicts", "/v1/tenants/{id}/conflicts/{conflict}"
	h.handle("GET "+all, theTenant, paged(func(r *http.Request, after string, limit int) (any, error) {
		return s.Conflicts(r.Context(), tenantOf(r), ConflictFilter(r.URL.Query().Get("state")), directory.ConflictID(after), limit)
	}), "state", "after", "limit")
	h.handle("GET "+one, theConflict, func(r *http.Request) (int, any, error) {
		out, err := s.Conflict(r.Context(), tenantOf(r), conflictOf(r))
		return http.StatusOK, out, err
	})
	h.handle("POST "+one+"/connect", theConflict, taking(http.StatusOK, func(r *http.Request, in Connection) (any, error) {
		return s.ConnectHolder(r.Context(), tenantOf(r), conflictOf(r), h.who(r.Context()).ARN, in)
	}))
	h.handle("POST "+one+"/dismiss", theConflict, taking(http.StatusOK, func(r *http.Request, _ struct{}) (any, error) {
		return s.DismissConflict(r.Context(), tenantOf(r), conflictOf(r), h.who(r.Context()).ARN)
	}))
	h.handle("POST "+one+"/release", theConflict, taking(http.StatusOK, func(r *http.Request, in Release) (any, error) {
		return s.ReleaseValues(r.Context(), tenantOf(r), conflictOf(r), in)
	}))
	h.handle("POST "+one+"/delete", theConflict, taking(http.StatusOK, func(r *http.Request, in HolderDeletion) (any, error) {
		return s.DeleteHolder(r.Context(), tenantOf(r), conflictOf(r), in)
	}))
}

func conflictOf(r *http.Request) directory.ConflictID {
	return directory.ConflictID(r.PathValue("conflict"))
}

func theConflict(r *http.Request) string {
	return fmt.Sprintf("conflict %q of tenant %q", r.PathValue("conflict"), r.PathValue("id"))
}

var conflictID = regexp.MustCompile(`^[a-z2-7]{12}$`)

// conflictLogged is the conflict of a request for the log, "" where the path names
// something else than an id: a value perhaps.
func conflictLogged(r *http.Request) string {
	return conflictID.FindString(r.PathValue("conflict"))
}
