# OneLogin: users from an administrator's template, groups by PATCH
Profile: generic
Source: OneLogin's SCIM template, as vendors' guides show it; the bodies for groups are not published
Header: Content-Type: application/scim+json

## Saving the app reads the configuration
GET /ServiceProviderConfig
-> 200
/patch/supported = true

## The user is looked for
GET /Users?filter=userName%20eq%20%22uma.${run}%40example.com%22
-> 200
/totalResults = 0

## The template sends active as a text, the id as null, and one email as an object
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": null,
 "userName": "uma.${run}@example.com", "name": {"givenName": "Uma", "familyName": "One"},
 "emails": {"value": "uma.${run}@example.com", "type": "work", "primary": true}, "active": "true"}
-> 201
/id as uma
/active = true
/emails count 1

## The user is deactivated
PATCH /Users/${uma}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "active", "value": "false"}]}
-> 200
/active = false

## A group is created
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "OneLogin ${run}"}
-> 201
/id as group

## A member is added
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "add", "path": "members", "value": [{"value": "${uma}"}]}]}
-> 200 204
