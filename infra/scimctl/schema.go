package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

func schemaCommands() *cli.Command {
	return group(
		"schema",
		"manage the custom attributes of a tenant's users and groups",
		addSchema(),
		command("list", "TENANT", "list the schemas that a tenant has added", listSchemas),
		command("show", "TENANT URN", "show a schema with its attributes; with -json: its definition, for schema add",
			showSchema),
		removeSchema(),
	)
}

func schemaPath(args ...string) string { return pathWithin("schemas", args) }

func removeSchema() *cli.Command {
	var typed string
	return command("remove", "TENANT URN", "remove a schema and its attributes; refused if a user or group has a value",
		func(ctx context.Context, s *session, args []string) error {
			if err := s.confirm(wording.SchemaRemoval(args[1]), "the URN of the schema", typed, args[1]); err != nil {
				return err
			}
			return s.changeSchema(ctx, http.MethodDelete, schemaPath(args...), nil, "no longer have the schema")
		}, confirmFlag("the `URN` of the schema once more", &typed))
}

// changeSchema sends a change of a schema, and says when it takes effect.
func (s *session) changeSchema(ctx context.Context, method, path string, in any, what string) error {
	var out admin.TenantSchema
	if err := s.client.Do(ctx, method, path, in, &out); err != nil {
		return err
	}
	return s.print(out, func(w io.Writer) {
		row(w, fmt.Sprintf("the tenant's %ss %s %s", strings.ToLower(out.ResourceType), what, out.URN))
		row(w, out.Note)
	})
}

func listSchemas(ctx context.Context, s *session, args []string) error {
	var list admin.TenantSchemaList
	if err := s.client.Do(ctx, http.MethodGet, schemaPath(args...), nil, &list); err != nil {
		return err
	}
	return s.print(list, func(w io.Writer) {
		row(w, "URN", "TYPE", "ATTRIBUTES", "CHANGED")
		for _, one := range list.Schemas {
			row(w, one.URN, one.ResourceType, len(wording.SchemaAttributes(one)), wording.Minute(&one.Changed))
		}
		noRows(w, len(list.Schemas))
	})
}

func showSchema(ctx context.Context, s *session, args []string) error {
	var one admin.TenantSchema
	if err := s.client.Do(ctx, http.MethodGet, schemaPath(args...), nil, &one); err != nil {
		return err
	}
	if s.json {
		return s.print(one.Definition, nil)
	}
	return s.print(one, func(w io.Writer) {
		row(w, "URN", one.URN)
		row(w, "type", one.ResourceType)
		row(w, "changed", wording.Minute(&one.Changed))
		for _, a := range wording.SchemaAttributes(one) {
			describeAttribute(w, "  ", a)
		}
	})
}

func describeAttribute(w io.Writer, indent string, a wording.SchemaAttribute) {
	row(w, indent+a.Name, a.Kind(), a.Mutability, "returned: "+a.Returned)
	for _, sub := range a.SubAttributes {
		describeAttribute(w, indent+"  ", sub)
	}
}
