package admin

import (
	"fmt"
	"net/http"

	"scimserver/shared/tenant"
)

func (h *handler) invitations(s *Service) {
	const all, one = "/v1/tenants/{id}/invitations", "/v1/tenants/{id}/invitations/{invitation}"
	h.handle("GET "+all, tenantLabel, withPage(func(r *http.Request, after string, limit int) (InvitationList, error) {
		return s.Invitations(r.Context(), tenantOf(r), tenant.InvitationID(after), limit)
	}), "after", "limit")
	h.handle("POST "+all, tenantLabel,
		withBody(http.StatusCreated, func(r *http.Request, in NewInvitation) (Invited, error) {
			in.Maker = h.who(r.Context()).ARN
			return s.Invite(r.Context(), tenantOf(r), in)
		}))
	h.handle("DELETE "+one, invitationLabel, withoutBody(func(r *http.Request) (Invitation, error) {
		return s.RevokeInvitation(r.Context(), tenantOf(r), tenant.InvitationID(r.PathValue("invitation")))
	}))
}

func invitationLabel(r *http.Request) string {
	return fmt.Sprintf("invitation %q of tenant %q", r.PathValue("invitation"), r.PathValue("id"))
}
