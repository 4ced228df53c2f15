package console

import (
	"context"
	"net/http"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

func (c *console) invitationPages(mux *http.ServeMux) {
	const all = "/tenants/{tenant}/invitations"
	c.show(mux, all, c.listInvitations)
	c.show(mux, all+"/issued", c.showInvited)
	c.change(mux, all+"/new", c.askInvitation, c.invite)
	c.change(mux, all+"/{invitation}/revoke", c.askUninvite, c.uninvite)
}

func (c *console) listInvitations(ctx context.Context, r *http.Request) (screen, error) {
	id, here := tenantIn(r), c.at("tenants", tenantIn(r), "invitations")
	var page admin.InvitationList
	if err := c.get(ctx, withQuery(apiPath(id, "invitations"), listQuery(r)), &page); err != nil {
		return screen{}, err
	}
	t := web.Table{
		Columns: columns("Invitation", "State", "Role", "Created", "Expires", "Action"),
		Empty: web.Empty{
			Title: "Nobody is invited", Text: "An invitation is a link to the customer's setup page.",
			Action: c.inviteLink(id),
		},
		Pager: pager(r, here, string(page.Next), onPage(len(page.Invitations), "invitation")),
	}
	for _, one := range page.Invitations {
		t.Rows = append(t.Rows, invitationRow(here, one))
	}
	return c.listScreen(r, listPage{
		name: navInvitations, action: c.inviteLink(id), table: t,
		text: "Links with which the customer's administrator opens the setup page.",
	}), nil
}

// inviteLink leads to the form that invites the customer's administrator.
func (c *console) inviteLink(id string) *web.Link {
	return &web.Link{Text: "Invite somebody…", URL: c.at("tenants", id, "invitations", "new")}
}

func invitationRow(here string, one admin.Invitation) web.Row {
	created := web.Cell{Time: one.Created}
	if one.Maker != "" {
		created.Note = "by " + wording.Maker(one.Maker)
	}
	badge, action := &web.Badge{Text: string(one.State), Tone: web.Neutral}, web.Cell{}
	if one.State == tenant.InvitationOpen || one.State == tenant.InvitationUsed {
		badge.Tone = web.Good
		action = web.Cell{Text: "Revoke…", URL: here + "/" + string(one.ID) + "/revoke"}
	}
	return web.Row{
		{Text: string(one.ID), Code: true}, {Badge: badge}, {Text: string(one.Role)}, created,
		{Time: one.Expires}, action,
	}
}

func (c *console) askInvitation(_ context.Context, r *http.Request) (question, error) {
	return c.about(r, navInvitations, question{
		Title: "Invite somebody to the setup page", Button: "Invite",
		Effects: []string{
			"You get a link that works once. Send it to one person, the customer's administrator.",
			"The setup page shows this tenant alone. It explains the provider's steps and shows the tenant's requests.",
		},
		Fields: []web.Field{
			{Name: "role", Label: "What the person may do", Options: []web.Option{
				{Value: string(tenant.SetupRole), Text: "Set up: also make and rotate tokens", Selected: true},
				{Value: string(tenant.ViewRole), Text: "Only look"},
			}},
			{Name: "days", Label: "The link can be opened for", Options: []web.Option{
				{Value: "7", Text: "7 days", Selected: true}, {Value: "1", Text: "1 day"},
				{Value: "30", Text: "30 days"},
			}},
		},
	}), nil
}

func (c *console) invite(ctx context.Context, r *http.Request) (outcome, error) {
	id, seconds := tenantIn(r), number(r, "days", 7)*daySeconds
	in := admin.NewInvitation{Role: tenant.Role(r.PostFormValue("role")), ExpiresIn: &seconds}
	var made admin.Invited
	if err := c.post(ctx, apiPath(id, "invitations"), in, &made); err != nil {
		return outcome{}, err
	}
	return outcome{c.at("tenants", id, "invitations", "issued"), kept{invited: &made}}, nil
}

// showInvited shows the link of an invitation once.
func (c *console) showInvited(_ context.Context, r *http.Request) (screen, error) {
	made := c.session.take(r.URL.Query().Get("done")).invited
	return c.shownOnce(r, navInvitations, "New invitation", web.Notice{
		Tone: web.Info, Title: "The link was shown once", Text: "It is not stored. If it is lost, invite again.",
	}, invitedSections(made)), nil
}

func invitedSections(made *admin.Invited) []section {
	if made == nil {
		return nil
	}
	return []section{
		{Plain: true, Notice: &web.Notice{
			Tone: web.Warning, Title: "Copy the link now", Text: "It works once and can't be shown again.",
		}},
		{Copyables: []web.Copyable{{Label: "Link to the setup page", Value: made.URL, Help: "Send it to one person."}}},
		{Facts: web.Facts{
			{Name: "Role", Cell: web.Cell{Text: string(made.Role)}},
			{Name: "Expires", Cell: web.Cell{Time: made.Expires}},
		}},
	}
}

func (c *console) askUninvite(_ context.Context, r *http.Request) (question, error) {
	return c.about(r, navInvitations, question{
		Title: "Revoke the invitation?", Button: "Revoke", Danger: true,
		Effects: []string{
			"The link does not open the setup page any more.",
			"The person who opened it can't use the setup page any more. Tokens made there keep working.",
		},
	}), nil
}

func (c *console) uninvite(ctx context.Context, r *http.Request) (outcome, error) {
	id := tenantIn(r)
	var gone admin.Invitation
	path := apiPath(id, "invitations", r.PathValue("invitation"))
	err := c.api.Once(ctx, http.MethodDelete, path, nil, &gone)
	return done(c.at("tenants", id, "invitations"), "The invitation is revoked", ""), err
}
