# Entra ID: an attribute of an unknown extension does not stop a deactivation
Profile: entra generic okta
Source: Microsoft, Customize attribute mappings: custom extension attributes
Header: Content-Type: application/scim+json; charset=utf-8

## The user is created with an unknown extension
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
             "urn:ietf:params:scim:schemas:extension:acme:2.0:User"],
 "userName": "custom.${run}@contoso.com", "active": true,
 "urn:ietf:params:scim:schemas:extension:acme:2.0:User": {"costId": "1"}}
-> 201
/id as user

## The unknown attribute is addressed beside the deactivation
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId", "value": "7"},
  {"op": "Replace", "path": "active", "value": "False"}]}
-> 200
/active = false
