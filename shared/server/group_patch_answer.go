package server

import (
	"context"
	"net/http"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// maxPatchAnswer is the most members of a group that the answer to a PATCH holds
// unasked. It bounds what the answer reads, so that the cost of a change does not
// depend on the group's size.
const maxPatchAnswer = 100

// patchAnswer answers a PATCH of a group: 200 with the group if it is small or if the
// client asked for it, otherwise 204 (RFC 7644 section 3.5.2).
func (g *groups) patchAnswer(ctx context.Context, r *request, c directory.ChangeResult) (*response, error) {
	if r.wantsGroup(len(c.Skipped)) {
		return g.standing(ctx, r, http.StatusOK, c)
	}
	if !r.wantsNoGroup() {
		group, members, err := r.Directory.Groups().FewMembers(ctx, c, maxPatchAnswer)
		if err == nil {
			return g.respond(r, http.StatusOK, group.Resource, g.elements(r, members)), nil
		}
		// The change has been made, so an error must not deny it. 204 is true of every group.
	}
	return g.noContent(r, c), nil
}

// wantsNoGroup reports whether the tenant's provider expects 204 for every PATCH of a
// group, as Entra ID's documentation shows it.
func (r *request) wantsNoGroup() bool { return r.Caller.Profile == tenant.Entra }

// wantsGroup reports whether the answer to a PATCH holds the group whatever its size:
// if the client asks for attributes, or has to see which members were left out.
func (r *request) wantsGroup(skipped int) bool {
	query := r.URL.Query()
	return query.Has("attributes") || query.Has("excludedAttributes") || skipped > 0 && !r.wantsNoGroup()
}

// noContent is the answer 204. It names the version if no other change can have come
// between.
func (g *groups) noContent(r *request, c directory.ChangeResult) *response {
	answer := &response{Status: http.StatusNoContent, Location: location(r, g.typ, r.ID)}
	if c.Exact {
		answer.ETag = scim.ETag(c.Group.Version)
	}
	return answer
}
