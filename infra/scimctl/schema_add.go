package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/wording"
	"scimserver/shared/admin"
)

// addSchemaHelp shows what a file looks like, and what happens to the values.
const addSchemaHelp = `FILE is a schema as in RFC 7643 section 7. An attribute needs only a name:

  {
    "id": "urn:ietf:params:scim:schemas:extension:acme:2.0:User",
    "name": "Acme",
    "attributes": [
      {"name": "costId", "type": "string", "caseExact": true},
      {"name": "badge", "type": "integer"},
      {"name": "pin", "type": "string", "returned": "never"}
    ]
  }

The id is the name of the extension in requests; enter it at the identity provider as the namespace of
the custom attributes. To change a schema, give its whole new definition: attributes that the file
lacks are removed. A change is refused if a user or group has a value that would not fit.`

func addSchema() *cli.Command {
	var resourceType string
	cmd := command("add", "TENANT FILE",
		"add a schema from a JSON file (RFC 7643 section 7), or change its definition",
		func(ctx context.Context, s *session, args []string) error {
			return s.addSchema(ctx, args[0], args[1], resourceType)
		},
		valueFlag("type", "the `TYPE` of the resources that get the attributes: User or Group (default: unchanged; "+
			"User for a new schema)", func(v string) error {
			if resourceType = v; v != "User" && v != "Group" {
				return errors.New("the type must be User or Group")
			}
			return nil
		}))
	cmd.Description = addSchemaHelp
	return cmd
}

// addSchema adds the schema of a file, or changes it. If resourceType is empty, the schema keeps its own.
func (s *session) addSchema(ctx context.Context, tenant, file, resourceType string) error {
	definition, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	urn, err := wording.SchemaURN(definition)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	path := schemaPath(tenant, urn)
	if resourceType == "" {
		var old admin.TenantSchema
		err := s.client.Do(ctx, http.MethodGet, path, nil, &old)
		if err != nil && !apiclient.HasStatus(err, http.StatusNotFound) {
			return err
		}
		resourceType = cmp.Or(old.ResourceType, "User")
	}
	return s.changeSchema(ctx, http.MethodPut, path,
		admin.SchemaDefinition{ResourceType: resourceType, Definition: definition}, "have the schema")
}
