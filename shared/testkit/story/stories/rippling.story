# Rippling: the parts of a custom app
Profile: generic
Source: guides for Rippling's custom SCIM apps; bodies are not published
Header: Content-Type: application/scim+json

## The installation reads the configuration
GET /ServiceProviderConfig
-> 200
/patch/supported = true

## The user is created with externalId, primary email and names
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "rip-${run}",
 "userName": "rio.${run}@example.com", "name": {"givenName": "Rio", "familyName": "Pling"},
 "emails": [{"value": "rio.${run}@example.com", "primary": true}], "active": true}
-> 201
/id as rio

## A group is created
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Rippling ${run}", "members": []}
-> 201
/id as group

## A member is added
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "add", "path": "members", "value": [{"value": "${rio}"}]}]}
-> 200 204

## The group is deleted
DELETE /Groups/${group}
-> 204

## The user is read page by page
GET /Users?startIndex=1&count=100&filter=externalId+eq+%22rip-${run}%22
-> 200
/Resources/0/id = "${rio}"
