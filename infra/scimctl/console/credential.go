package console

import (
	"context"
	"net/http"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

func (c *console) credentialPages(mux *http.ServeMux) {
	const all, one = "/tenants/{tenant}/credentials", "/tenants/{tenant}/credentials/{key}"
	c.show(mux, all, c.listCredentials)
	c.show(mux, all+"/issued", c.showIssued)
	c.change(mux, all+"/new", c.askNewCredential, c.createCredential)
	c.show(mux, one, c.showCredential)
	c.change(mux, one+"/rotate", c.askRotation, c.rotateCredential)
	c.change(mux, one+"/revoke", c.askRevocation, c.revokeCredential)
}

func (c *console) listCredentials(ctx context.Context, r *http.Request) (screen, error) {
	id, here := tenantIn(r), c.at("tenants", tenantIn(r), "credentials")
	var page admin.CredentialList
	if err := c.get(ctx, withQuery(apiPath(id, "credentials"), listQuery(r)), &page); err != nil {
		return screen{}, err
	}
	create := &web.Link{Text: "Create a credential…", URL: here + "/new"}
	t := web.Table{
		Columns: columns("Credential", "State", "Kind", "Created", "Expires", "Last use (to the hour)"),
		Empty: web.Empty{
			Title: "No credentials", Text: "Without one, the provider can't send anything.", Action: create,
		},
		Pager: pager(r, here, string(page.Next), onPage(len(page.Credentials), "credential")),
	}
	for _, one := range page.Credentials {
		t.Rows = append(t.Rows, c.credentialRow(id, one))
	}
	return c.listScreen(r, listPage{
		name: navCredentials, action: create, table: t,
		text: "The provider signs in with them. A secret is shown once and not stored.",
	}), nil
}

func (c *console) credentialRow(id string, one admin.Credential) web.Row {
	name := web.Cell{Text: one.Name, URL: c.at("tenants", id, "credentials", string(one.Key)), Note: string(one.Key)}
	if one.Name == "" {
		name.Text, name.Note = string(one.Key), ""
	}
	created := web.Cell{Time: one.Created}
	if one.Maker != "" {
		created.Note = "by " + wording.Maker(one.Maker)
	}
	used := web.TimeCell(one.Used, "never")
	if one.Agent != "" {
		used.Note = "by " + one.Agent
	}
	return web.Row{
		name, {Badge: credentialBadge(one)}, {Text: kindText(one)}, created, web.TimeCell(one.Expires, "never"), used,
	}
}

func credentialBadge(one admin.Credential) *web.Badge {
	tone := map[string]web.Tone{"active": web.Good, "expired": web.Bad}[one.State]
	if tone == "" {
		tone = web.Neutral
	}
	return &web.Badge{Text: one.State, Tone: tone}
}

func kindText(one admin.Credential) string {
	text := string(one.Kind)
	if one.Subject != "" {
		text += " of one user"
	}
	return text
}

func (c *console) readCredential(ctx context.Context, r *http.Request) (one admin.Credential, err error) {
	return one, c.get(ctx, apiPath(tenantIn(r), "credentials", r.PathValue("key")), &one)
}

func (c *console) showCredential(ctx context.Context, r *http.Request) (screen, error) {
	id := tenantIn(r)
	one, err := c.readCredential(ctx, r)
	if err != nil {
		return screen{}, err
	}
	here := c.at("tenants", id, "credentials", string(one.Key))
	s := screen{
		Header: web.Header{
			Title: credentialName(one), Badge: credentialBadge(one),
			Back: &web.Link{Text: "Credentials", URL: c.at("tenants", id, "credentials")},
		},
		tenant: id, current: navCredentials,
		Sections: []section{{Facts: web.Facts{
			{Name: "Key", Cell: web.Cell{Text: string(one.Key), Code: true}},
			{Name: "Kind", Cell: web.Cell{Text: kindText(one), Note: one.Subject}},
			{Name: "Scopes", Cell: web.Cell{Text: joined(one.Scopes, ", ")}},
			{Name: "Created", Cell: web.Cell{Time: one.Created}},
			{Name: "Created by", Cell: web.Cell{Text: wording.Maker(one.Maker), Note: one.Maker}},
			{Name: "Expires", Cell: web.TimeCell(one.Expires, "never")},
			{Name: "Last use (to the hour)", Cell: web.TimeCell(one.Used, "never")},
			{Name: "Revoked", Cell: web.TimeCell(one.Revoked, "no")},
		}}},
	}
	if one.State == "active" {
		s.Sections = append(s.Sections, section{Title: "Actions", Choices: []choice{
			{Title: "Rotate", Text: rotationEffect, Link: &web.Link{Text: "Rotate…", URL: here + "/rotate"}},
			{
				Title: "Revoke", Text: revocationEffect, Danger: true,
				Link: &web.Link{Text: "Revoke…", URL: here + "/revoke"},
			},
		}})
	}
	return s, nil
}

func credentialName(one admin.Credential) string {
	if one.Name == "" {
		return string(one.Key)
	}
	return one.Name
}
