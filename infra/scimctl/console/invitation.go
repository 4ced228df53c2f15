package console

import (
	"context"
	"net/http"
	"strconv"

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
	var list admin.InvitationList
	if err := c.get(ctx, withQuery(apiPath(id, "invitations"), listQuery(r)), &list); err != nil {
		return screen{}, err
	}
	t := &web.Table{
		Caption: "Invitations of tenant " + id,
		Columns: columns("Invitation", "State", "For", "Created", "Expires", "Action"),
		Empty:   web.Empty{Title: "Nobody is invited", Text: "An invitation is a link to the customer's setup page."},
		Pager:   pager(r, here, string(list.Next), onPage(len(list.Invitations), "invitation")),
	}
	for _, one := range list.Invitations {
		t.Rows = append(t.Rows, invitationRow(here, one))
	}
	return screen{
		Header: web.Header{
			Title: "Invitations", Text: "Links with which the customer's administrator opens the setup page.",
			Action: &web.Link{Text: "Invite…", URL: here + "/new"},
		},
		tenant: id, current: navInvitations, Sections: []section{{Plain: true, Table: t}},
	}, nil
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

// invitationQuestion is a question about invitations.
func (c *console) invitationQuestion(r *http.Request, q question) question {
	q.tenant, q.current = tenantIn(r), navInvitations
	q.back = web.Link{Text: "Invitations", URL: c.at("tenants", q.tenant, "invitations")}
	return q
}

func (c *console) askInvitation(_ context.Context, r *http.Request) (question, error) {
	return c.invitationQuestion(r, question{
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
	days, err := strconv.ParseInt(r.PostFormValue("days"), 10, 32)
	if err != nil {
		days = 7
	}
	id, seconds := tenantIn(r), days*daySeconds
	in := admin.NewInvitation{Role: tenant.Role(r.PostFormValue("role")), ExpiresIn: &seconds}
	var made admin.Invited
	if err := c.post(ctx, apiPath(id, "invitations"), in, &made); err != nil {
		return outcome{}, err
	}
	return outcome{c.at("tenants", id, "invitations", "issued"), kept{invited: &made}}, nil
}

// showInvited shows the link of an invitation once.
func (c *console) showInvited(_ context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	s := screen{
		Header: web.Header{
			Title: "New invitation", Back: &web.Link{Text: "Invitations", URL: c.at("tenants", id, "invitations")},
		},
		tenant: id, current: navInvitations,
	}
	made := c.session.take(r.URL.Query().Get("done")).invited
	if made == nil {
		s.Sections = []section{{Plain: true, Notice: &web.Notice{
			Tone: web.Info, Title: "The link was shown once", Text: "It is not stored. If it is lost, invite again.",
		}}}
		return s, nil
	}
	s.Sections = []section{
		{Plain: true, Notice: &web.Notice{
			Tone: web.Warning, Title: "Copy the link now", Text: "It works once and can't be shown again.",
		}},
		{Copyables: []web.Copyable{{Label: "Link to the setup page", Value: made.URL, Help: "Send it to one person."}}},
		{Facts: web.Facts{
			{Name: "May", Cell: web.Cell{Text: string(made.Role)}},
			{Name: "Expires", Cell: web.Cell{Time: made.Expires}},
		}},
	}
	return s, nil
}

func (c *console) askUninvite(_ context.Context, r *http.Request) (question, error) {
	return c.invitationQuestion(r, question{
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
