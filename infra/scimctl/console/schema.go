package console

import (
	"context"
	"net/http"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

func (c *console) schemaPages(mux *http.ServeMux) {
	const all, one = "/tenants/{tenant}/schemas", "/tenants/{tenant}/schemas/{urn}"
	c.show(mux, all, c.listSchemas)
	c.change(mux, all+"/new", c.askNewSchema, c.defineSchema)
	c.show(mux, one, c.showSchema)
	c.change(mux, one+"/change", c.askSchemaChange, c.defineSchema)
	c.change(mux, one+"/remove", c.askSchemaRemoval, c.removeSchema)
}

func (c *console) listSchemas(ctx context.Context, r *http.Request) (screen, error) {
	id, here := tenantIn(r), c.at("tenants", tenantIn(r), "schemas")
	var all admin.TenantSchemaList
	if err := c.get(ctx, apiPath(id, "schemas"), &all); err != nil {
		return screen{}, err
	}
	add := &web.Link{Text: "Add a schema…", URL: here + "/new"}
	t := web.Table{
		Columns: []web.Column{
			{Text: "Schema"}, {Text: "Of"}, {Text: "Attributes", Numeric: true}, {Text: "Changed"},
		},
		Empty: web.Empty{
			Title: "No schemas of its own", Action: add,
			Text: "The tenant's users and groups have the attributes of RFC 7643. What else the provider sends is " +
				"ignored, and the log names it.",
		},
	}
	for _, one := range all.Schemas {
		t.Rows = append(t.Rows, web.Row{
			{Text: wording.SchemaName(one), URL: c.schemaURL(id, one), Note: one.URN},
			{Text: resourcesOf(one)},
			{Text: web.Number(int64(len(wording.SchemaAttributes(one))))}, {Time: one.Changed},
		})
	}
	page := listPage{
		name: navSchemas, text: "Attributes of the tenant's own, beyond those of RFC 7643.", table: t,
	}
	if t.Rows != nil {
		page.action = add
	}
	return c.listScreen(r, page), nil
}

// resourcesOf names the resources that have the attributes of a schema: "users".
func resourcesOf(s admin.TenantSchema) string {
	if s.ResourceType == "Group" {
		return "groups"
	}
	return "users"
}

func (c *console) readSchema(ctx context.Context, r *http.Request) (one admin.TenantSchema, err error) {
	return one, c.get(ctx, apiPath(tenantIn(r), "schemas", r.PathValue("urn")), &one)
}

func (c *console) showSchema(ctx context.Context, r *http.Request) (screen, error) {
	one, err := c.readSchema(ctx, r)
	if err != nil {
		return screen{}, err
	}
	id, back := tenantIn(r), c.listLink(r, navSchemas)
	here := c.schemaURL(id, one)
	t := &web.Table{
		Caption: "Attributes of the schema", Columns: columns("Attribute", "Values", "Changes", "In answers"),
		Empty: web.Empty{Title: "The schema has no attributes"},
	}
	for _, a := range wording.SchemaAttributes(one) {
		t.Rows = append(t.Rows, attributeRows("", a)...)
	}
	return screen{
		Header: web.Header{
			Title: wording.SchemaName(one), Text: one.URN, Back: &back,
			Action: &web.Link{Text: "Change…", URL: here + "/change"},
		},
		tenant: id, current: navSchemas,
		Sections: []section{
			{Facts: web.Facts{
				{Name: "Attributes of", Cell: web.Cell{Text: "the tenant's " + resourcesOf(one)}},
				{Name: "Changed", Cell: web.Cell{Time: one.Changed}},
			}},
			{Title: "Attributes", Plain: true, Table: t},
			{Title: "Definition", Text: "With all defaults, as /Schemas shows it.", Source: indented(one.Definition)},
			{Title: "Actions", Choices: []choice{{
				Title: "Remove", Danger: true, Text: "The attributes are ignored from then on.",
				Link: &web.Link{Text: "Remove…", URL: here + "/remove"},
			}}},
		},
	}, nil
}

// attributeRows has a row for an attribute, and one for each sub-attribute.
func attributeRows(parent string, a wording.SchemaAttribute) []web.Row {
	rows := []web.Row{{
		{Text: parent + a.Name, Code: true, Note: a.Description}, {Text: a.Kind()}, {Text: a.Mutability},
		{Text: a.Returned},
	}}
	for _, sub := range a.SubAttributes {
		rows = append(rows, attributeRows(a.Name+".", sub)...)
	}
	return rows
}
