package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// maxPatchAnswer is the largest number of members with which the answer to a PATCH includes the
// group if the client does not ask for it. The limit keeps the cost of a change independent of the
// group's size.
const maxPatchAnswer = 100

// patchAnswer answers a PATCH of a group: 200 with the group if it is small or if the client asked
// for it, otherwise 204 (RFC 7644 section 3.5.2).
func (g *groups) patchAnswer(ctx context.Context, r *request, c directory.ChangeResult) (*response, error) {
	if r.wantsGroup(len(c.Skipped)) {
		return g.respondCurrent(ctx, r, http.StatusOK, c)
	}
	if !r.wantsNoGroup() {
		group, members, err := r.Directory.Groups().FewMembers(ctx, c, maxPatchAnswer)
		if err == nil {
			return g.respond(r, http.StatusOK, group.Resource, g.memberArray(r, members)), nil
		}
		// The change has been made, so the answer must not be an error. 204 fits every group.
	}
	return g.noContent(r, c), nil
}

// wantsNoGroup reports whether the tenant's provider expects 204 for every PATCH of a group, as
// Entra ID's documentation shows.
func (r *request) wantsNoGroup() bool { return r.Caller.Profile == tenant.Entra }

// wantsGroup reports whether the answer to a PATCH includes the group whatever its size: if the
// client asks for attributes, or if members were skipped and the client has to see which.
func (r *request) wantsGroup(skipped int) bool {
	query := r.URL.Query()
	return query.Has("attributes") || query.Has("excludedAttributes") || skipped > 0 && !r.wantsNoGroup()
}

// noContent is the answer 204. It includes the version only if no other request can have changed
// the group since.
func (g *groups) noContent(r *request, c directory.ChangeResult) *response {
	answer := &response{Status: http.StatusNoContent, Location: location(r, g.typ, r.ID)}
	if c.Exact {
		answer.ETag = scim.ETag(c.Group.Version)
	}
	return answer
}
