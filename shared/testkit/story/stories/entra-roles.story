# Entra ID: app roles
Profile: entra generic
Source: Microsoft, Customize attribute mappings: SingleAppRoleAssignment, AppRoleAssignmentsComplex
Header: Content-Type: application/scim+json; charset=utf-8

## A user with one role
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "roles.${run}@contoso.com",
 "roles": [{"primary": true, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin"}]}
-> 201
/id as user
/roles has {"value": "Admin", "type": "WindowsAzureActiveDirectoryRole", "primary": true}

## A role whose value is JSON in a text
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Add", "path": "roles", "value": [{"value": "{\"id\":\"06b0\",\"value\":\"25\"}"}]}]}
-> 200
/roles count 2
/roles has {"value": "{\"id\":\"06b0\",\"value\":\"25\"}"}

## All roles are replaced
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "roles", "value": [
   {"value": "Reader", "primary": false}, {"value": "Writer", "primary": false}]}]}
-> 200
/roles count 2
/roles has {"value": "Reader"}
/roles lacks {"value": "Admin"}
