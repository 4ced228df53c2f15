package admin

import (
	"context"
	"time"

	"scimserver/shared/tenant"
)

// SetupPath is the path of the setup page, next to that of the SCIM service.
const SetupPath = "/setup"

const (
	// defaultInvitation is how long an invitation waits to be opened if the request does not say.
	defaultInvitation = 7 * 24 * time.Hour
	// maxInvitation is the longest time that an invitation can wait. While it waits, its link is a secret in
	// somebody's mail.
	maxInvitation = 30 * 24 * time.Hour
)

// Invitation is an invitation to the setup page in the API. It never contains the code.
type Invitation struct {
	ID      tenant.InvitationID    `json:"id"`
	Role    tenant.Role            `json:"role"`
	State   tenant.InvitationState `json:"state"` // open, used, expired, revoked or locked
	Created time.Time              `json:"created"`
	Maker   string                 `json:"createdBy,omitempty"` // the IAM identity that made it
	Expires time.Time              `json:"expires"`
	Opened  *time.Time             `json:"opened,omitempty"`
	Revoked *time.Time             `json:"revoked,omitempty"`
}

// InvitationList is a page of a tenant's invitations.
type InvitationList struct {
	Invitations []Invitation        `json:"invitations"`
	Next        tenant.InvitationID `json:"next,omitempty"`
}

// NewInvitation is the body that invites somebody to the setup page.
type NewInvitation struct {
	Role      tenant.Role `json:"role,omitempty"`      // default: setup
	ExpiresIn *int64      `json:"expiresIn,omitempty"` // seconds; default: 7 days, at most 30
	Maker     string      `json:"-"`                   // the operator's IAM identity
}

// Invited is a new invitation with the link that opens it, which is shown only once.
type Invited struct {
	Invitation
	URL string `json:"url"`
}

func (i Invited) logged() (id, name string) { return string(i.ID), string(i.Role) }

// Invite makes an invitation to the setup page of a tenant.
func (s *Service) Invite(ctx context.Context, id tenant.ID, in NewInvitation) (Invited, error) {
	life := defaultInvitation
	if in.ExpiresIn != nil {
		if *in.ExpiresIn < 60 || *in.ExpiresIn > int64(maxInvitation/time.Second) {
			return Invited{}, invalid("expiresIn must be between 60 and %d seconds", int64(maxInvitation/time.Second))
		}
		life = time.Duration(*in.ExpiresIn) * time.Second
	}
	if in.Role == "" {
		in.Role = tenant.SetupRole
	}
	switch {
	case !in.Role.Valid():
		return Invited{}, invalid("role must be setup or view, not %q", in.Role)
	case s.SetupURL == "":
		return Invited{}, conflict("this deployment has no setup page: deploy it with SetupPage=on")
	}
	t, err := s.Directory.Tenants().Tenant(ctx, id)
	if err == nil && t.State != tenant.Active {
		err = conflict("tenant %s is %s: invite somebody when it is active", id, t.State)
	}
	if err != nil {
		return Invited{}, err
	}
	now := s.Now().UTC().Truncate(time.Second)
	code, i := tenant.NewInvitation(
		tenant.Invitation{Tenant: id, Role: in.Role, Maker: in.Maker, Expires: now.Add(life)}, now)
	// The code follows a #, so browsers do not send it, and no log of a server or proxy has it.
	return Invited{s.toInvitation(i), s.SetupURL + "#" + code}, s.Directory.Tenants().CreateInvitation(ctx, i)
}

func (s *Service) toInvitation(i tenant.Invitation) Invitation {
	return Invitation{
		ID: i.ID, Role: i.Role, State: i.State(s.Now()), Created: i.Created, Maker: i.Maker, Expires: i.Expires,
		Opened: timeOrNil(i.Opened), Revoked: timeOrNil(i.Revoked),
	}
}

// Invitations returns a page of a tenant's invitations.
func (s *Service) Invitations(
	ctx context.Context, id tenant.ID, after tenant.InvitationID, limit int,
) (InvitationList, error) {
	if _, err := s.Directory.Tenants().Tenant(ctx, id); err != nil {
		return InvitationList{}, err
	}
	page, next, err := s.Directory.Tenants().Invitations(ctx, id, after, limit)
	out := InvitationList{Invitations: []Invitation{}, Next: next}
	for _, i := range page {
		out.Invitations = append(out.Invitations, s.toInvitation(i))
	}
	return out, err
}

// RevokeInvitation ends an invitation and the session that it began.
func (s *Service) RevokeInvitation(
	ctx context.Context, id tenant.ID, invitation tenant.InvitationID,
) (Invitation, error) {
	i, err := s.Directory.Tenants().RevokeInvitation(ctx, id, invitation)
	return s.toInvitation(i), err
}
