# ssosync, which copies Google Workspace to AWS-style services
Profile: generic okta entra
Source: awslabs/ssosync, internal/aws/client.go
Header: Content-Type: application/scim+json

## The user is looked for
GET /Users?filter=userName+eq+%22sue.${run}%40example.com%22
-> 200
/totalResults = 0

## The user is created
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "sue.${run}@example.com",
 "name": {"familyName": "Sync", "givenName": "Sue"}, "displayName": "Sue Sync", "active": true,
 "emails": [{"value": "sue.${run}@example.com", "type": "work", "primary": true}],
 "addresses": [{"type": "work"}]}
-> 201
/id as sue

## The group is looked for
GET /Groups?filter=displayName+eq+%22sync-${run}%22
-> 200
/totalResults = 0

## The group is created
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "sync-${run}", "members": []}
-> 201
/id as group

## Is the user a member?
GET /Groups?filter=id+eq+%22${group}%22+and+members+eq+%22${sue}%22
-> 200
/totalResults = 0

## The user is added
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "add", "path": "members", "value": [{"value": "${sue}"}]}]}
-> 200 204

## Now the user is a member
GET /Groups?filter=id+eq+%22${group}%22+and+members+eq+%22${sue}%22
-> 200
/totalResults = 1

## The user is removed from the group
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "remove", "path": "members", "value": [{"value": "${sue}"}]}]}
-> 200 204

## The user is updated
PUT /Users/${sue}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "${sue}", "userName": "sue.${run}@example.com",
 "name": {"familyName": "Synced", "givenName": "Sue"}, "displayName": "Sue Synced", "active": true,
 "emails": [{"value": "sue.${run}@example.com", "type": "work", "primary": true}]}
-> 200
/name/familyName = "Synced"

## The group is deleted
DELETE /Groups/${group}
-> 204

## The user is deleted
DELETE /Users/${sue}
-> 204
