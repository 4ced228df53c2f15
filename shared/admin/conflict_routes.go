package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/lazyregexp"
)

func (h *handler) conflicts(s *Service) {
	const all, one = "/v1/tenants/{id}/conflicts", "/v1/tenants/{id}/conflicts/{conflict}"
	h.handle("GET "+all, tenantLabel, withPage(func(r *http.Request, after string, limit int) (ConflictList, error) {
		state := ConflictFilter(r.URL.Query().Get("state"))
		return s.Conflicts(r.Context(), tenantOf(r), state, directory.ConflictID(after), limit)
	}), "state", "after", "limit")
	h.handle("GET "+one, conflictLabel, withoutBody(func(r *http.Request) (Conflict, error) {
		return s.Conflict(r.Context(), tenantOf(r), conflictOf(r))
	}))
	h.handle("POST "+one+"/connect", conflictLabel,
		withBody(http.StatusOK, func(r *http.Request, in Connection) (Conflict, error) {
			return s.ConnectHolder(r.Context(), tenantOf(r), conflictOf(r), h.who(r.Context()).ARN, in)
		}))
	h.handle("POST "+one+"/dismiss", conflictLabel,
		withBody(http.StatusOK, func(r *http.Request, _ struct{}) (Conflict, error) {
			return s.DismissConflict(r.Context(), tenantOf(r), conflictOf(r), h.who(r.Context()).ARN)
		}))
	h.handle("POST "+one+"/release", conflictLabel,
		withBody(http.StatusOK, func(r *http.Request, in Release) (Conflict, error) {
			return s.ReleaseValues(r.Context(), tenantOf(r), conflictOf(r), in)
		}))
	h.handle("POST "+one+"/delete", conflictLabel,
		withBody(http.StatusOK, func(r *http.Request, in HolderDeletion) (Conflict, error) {
			return s.DeleteHolder(r.Context(), tenantOf(r), conflictOf(r), in)
		}))
}

func conflictOf(r *http.Request) directory.ConflictID {
	return directory.ConflictID(r.PathValue("conflict"))
}

func conflictLabel(r *http.Request) string {
	return fmt.Sprintf("conflict %q of tenant %q", r.PathValue("conflict"), r.PathValue("id"))
}

var conflictPattern = lazyregexp.New(`^[a-z2-7]{12}$`)

// loggedConflict returns the conflict id of the path for the log. It returns "" if the path has
// something else in its place, perhaps a value.
func loggedConflict(r *http.Request) string {
	return conflictPattern().FindString(r.PathValue("conflict"))
}
