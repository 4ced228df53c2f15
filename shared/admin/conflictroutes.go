package admin

import (
	"fmt"
	"net/http"
	"regexp"

	"scimserver/shared/directory"
)

func (h *handler) conflicts(s *Service) {
	const all, one = "/v1/tenants/{id}/conflicts", "/v1/tenants/{id}/conflicts/{conflict}"
	h.handle("GET "+all, theTenant, func(r *http.Request) (int, any, error) {
		after, limit, err := pageOf(r)
		if err != nil {
			return 0, nil, err
		}
		out, err := s.Conflicts(r.Context(), tenantOf(r), ConflictFilter(r.URL.Query().Get("state")), directory.ConflictID(after), limit)
		return http.StatusOK, out, err
	}, "state", "after", "limit")
	h.handle("GET "+one, theConflict, func(r *http.Request) (int, any, error) {
		out, err := s.Conflict(r.Context(), tenantOf(r), conflictOf(r))
		return http.StatusOK, out, err
	})
	h.handle("POST "+one+"/connect", theConflict, func(r *http.Request) (int, any, error) {
		var in Connection
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := s.ConnectHolder(r.Context(), tenantOf(r), conflictOf(r), h.who(r.Context()).ARN, in)
		return http.StatusOK, out, err
	})
	h.handle("POST "+one+"/dismiss", theConflict, func(r *http.Request) (int, any, error) {
		if err := read(r, &struct{}{}); err != nil {
			return 0, nil, err
		}
		out, err := s.DismissConflict(r.Context(), tenantOf(r), conflictOf(r), h.who(r.Context()).ARN)
		return http.StatusOK, out, err
	})
	h.handle("POST "+one+"/release", theConflict, func(r *http.Request) (int, any, error) {
		var in Release
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := s.ReleaseValues(r.Context(), tenantOf(r), conflictOf(r), in)
		return http.StatusOK, out, err
	})
	h.handle("POST "+one+"/delete", theConflict, func(r *http.Request) (int, any, error) {
		var in HolderDeletion
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := s.DeleteHolder(r.Context(), tenantOf(r), conflictOf(r), in)
		return http.StatusOK, out, err
	})
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
