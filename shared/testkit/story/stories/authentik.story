# authentik: users by PUT, groups by PATCH, members one operation each
Profile: generic
Source: goauthentik/authentik, authentik/providers/scim/clients
Header: Content-Type: application/scim+json
Header: Accept: application/scim+json
Header: User-Agent: authentik

## The configuration is read before the first change
GET /ServiceProviderConfig
-> 200
/patch/supported = true
/filter/supported = true
/bulk/maxOperations present

## The user is created with authentik's own id as externalId
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "ak-${run}",
 "userName": "aki.${run}", "name": {"formatted": "Aki", "familyName": " ", "givenName": "Aki"},
 "displayName": "Aki", "active": true,
 "emails": [{"value": "aki.${run}@example.com", "type": "other", "primary": true}]}
-> 201
/id as aki

## A second create finds the user through the 409
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "ak-${run}", "userName": "aki.${run}"}
-> 409
/scimType = "uniqueness"

## ... and through the filter
GET /Users?filter=userName+eq+%22aki.${run}%22
-> 200
/Resources/0/id = "${aki}"

## The group is created
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": "akg-${run}", "displayName": "ak ${run}"}
-> 201
/id as group

## The members are added
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "add", "path": "members", "value": [{"value": "${aki}"}]}]}
-> 200 204

## The group is updated without a path, with its id and schemas
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "value": {"id": "${group}",
   "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
   "externalId": "akg-${run}", "displayName": "ak new ${run}"}}]}
-> 200 204

## The members are compared
GET /Groups/${group}
-> 200
/displayName = "ak new ${run}"
/members count 1

## Who should not be there is removed by value
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "remove", "path": "members", "value": [{"value": "${aki}"}]}]}
-> 200 204

## Nobody is left
GET /Groups/${group}
-> 200
/members = []

## A user that is gone has to be 404
DELETE /Users/${aki}
-> 204

## ... so that authentik creates it anew
PUT /Users/${aki}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "${aki}", "userName": "aki.${run}"}
-> 404
/status = "404"
