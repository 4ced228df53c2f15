package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
	"scimserver/shared/web"
)

// The fields of the form of a schema.
const (
	definitionField = "definition"
	fileField       = "file"
	typeField       = "type"
)

func (c *console) askNewSchema(_ context.Context, r *http.Request) (question, error) {
	return c.about(r, navSchemas, question{
		Title: "Add a schema", Button: "Add",
		Effects: []string{
			"Requests of the tenant's provider can have these attributes. They are stored, and applications get them.",
			"If the tenant has a schema with this id, its definition is replaced.",
			"The tenant's log says that you did this.",
		},
		Fields: []web.Field{typeOfSchema(), definitionText(""), definitionFile()},
	}), nil
}

func (c *console) askSchemaChange(ctx context.Context, r *http.Request) (question, error) {
	one, err := c.readSchema(ctx, r)
	return c.aboutSchema(r, one, question{
		Title: fmt.Sprintf("Change %s", wording.SchemaName(one)), Button: "Change",
		Effects: []string{
			"Attributes can be added at any time.",
			"If a user or group has a value that the new definition does not take, nothing is changed.",
		},
		Hidden: []web.Hidden{{Name: typeField, Value: one.ResourceType}},
		Fields: []web.Field{definitionText(indented(one.Definition)), definitionFile()},
	}), err
}

// aboutSchema is a question about a schema. Its way back leads to the page of the schema.
func (c *console) aboutSchema(r *http.Request, one admin.TenantSchema, q question) question {
	q = c.about(r, navSchemas, q)
	q.back = web.Link{Text: wording.SchemaName(one), URL: c.schemaURL(q.tenant, one)}
	return q
}

func (c *console) schemaURL(tenant string, one admin.TenantSchema) string {
	return c.at("tenants", tenant, "schemas", one.URN)
}

func typeOfSchema() web.Field {
	return web.Field{Name: typeField, Label: "Attributes of", Options: []web.Option{
		{Value: "User", Text: "users"}, {Value: "Group", Text: "groups"},
	}}
}

func definitionText(value string) web.Field {
	return web.Field{
		Name: definitionField, Label: "Definition", Value: value, Lines: 16,
		Help: "A schema in JSON (RFC 7643 section 7) with id, name and attributes. At most 64 KB.",
	}
}

func definitionFile() web.Field {
	return web.Field{
		Name: fileField, Label: "Or a file", File: ".json,application/json",
		Help: "If you choose a file, the text above is not used.",
	}
}

// defineSchema adds a schema, or changes the one that the path names.
func (c *console) defineSchema(ctx context.Context, r *http.Request) (outcome, error) {
	definition, err := readDefinition(r)
	if err != nil {
		return outcome{}, err
	}
	urn, err := wording.SchemaURN(definition)
	if err != nil {
		return outcome{}, inputError{err.Error()}
	}
	if known := r.PathValue("urn"); known != "" && known != urn {
		return outcome{}, inputError{"the id of a schema can't be changed: add a schema with the new id instead"}
	}
	id := tenantIn(r)
	in := admin.SchemaDefinition{ResourceType: r.PostFormValue(typeField), Definition: definition}
	var out admin.TenantSchema
	if err := c.api.Once(ctx, http.MethodPut, apiPath(id, "schemas", urn), in, &out); err != nil {
		return outcome{}, err
	}
	return done(c.schemaURL(id, out), "The tenant has the schema", out.Note), nil
}

// readDefinition returns the text of the chosen file, or of the form. The text of a file is put into the
// form: if it is refused, the operator can correct it there.
func readDefinition(r *http.Request) ([]byte, error) {
	file, _, err := r.FormFile(fileField)
	if err == nil {
		defer func() { _ = file.Close() }()
		text, err := io.ReadAll(file)
		r.PostForm.Set(definitionField, string(text))
		return text, err
	}
	text := strings.TrimSpace(r.PostFormValue(definitionField))
	if text == "" {
		return nil, inputError{"there is no definition: paste it, or choose a file"}
	}
	if !errors.Is(err, http.ErrMissingFile) && !errors.Is(err, http.ErrNotMultipart) {
		return nil, err
	}
	return []byte(text), nil
}

func (c *console) askSchemaRemoval(ctx context.Context, r *http.Request) (question, error) {
	one, err := c.readSchema(ctx, r)
	var names []string
	for _, a := range wording.SchemaAttributes(one) {
		names = append(names, a.Name)
	}
	return c.aboutSchema(r, one, question{
		Title: fmt.Sprintf("Remove %s?", wording.SchemaName(one)), Button: "Remove", Danger: true,
		Effects: []string{
			wording.SchemaRemoval(one.URN),
			fmt.Sprintf("The tenant's %s lose %s: %s.", resourcesOf(one), admin.Counted(len(names), "attribute"),
				strings.Join(names, ", ")),
			"Stored values are not lost: as long as one is stored, the schema is not removed.",
			"The definition is not kept. To add it again later, copy it from the page of the schema first.",
		},
	}), err
}

func (c *console) removeSchema(ctx context.Context, r *http.Request) (outcome, error) {
	id := tenantIn(r)
	var out admin.TenantSchema
	path := apiPath(id, "schemas", r.PathValue("urn"))
	if err := c.api.Once(ctx, http.MethodDelete, path, nil, &out); err != nil {
		return outcome{}, err
	}
	return done(c.at("tenants", id, "schemas"), "The tenant no longer has the schema "+out.URN, out.Note), nil
}
