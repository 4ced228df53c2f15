# Entra ID: users, without the flag aadOptscim062020
Profile: entra generic
Source: Microsoft, Develop a SCIM endpoint: requests for users
Header: Content-Type: application/scim+json; charset=utf-8

## The connection is tested with a user that does not exist
GET /Users?filter=userName+eq+"9edf3db5-${run}"
-> 200
/totalResults = 0
/Resources = []

## The user is looked for by externalId
GET /Users?filter=externalId+eq+"0a21f0f2-${run}"
-> 200
/totalResults = 0

## The user is created; the extension is named but has no attributes
POST /Users
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
  "externalId": "0a21f0f2-${run}",
  "userName": "jane.${run}@contoso.com",
  "active": true,
  "emails": [{"primary": true, "type": "work", "value": "jane.${run}@contoso.com"}],
  "meta": {"resourceType": "User"},
  "name": {"formatted": "Jane Doe", "familyName": "Doe", "givenName": "Jane"},
  "roles": []
}
-> 201
/id as jane
/active = true
/externalId = "0a21f0f2-${run}"

## The user is found by the work email, in another case
GET /Users?filter=emails[type+eq+"work"].value+eq+"JANE.${run}@contoso.com"
-> 200
/totalResults = 1
/Resources/0/id = "${jane}"

## A work email and the family name change
PATCH /Users/${jane}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "jane.d.${run}@contoso.com"},
  {"op": "Replace", "path": "name.familyName", "value": "Dee"}]}
-> 200
/emails has {"value": "jane.d.${run}@contoso.com", "type": "work"}
/emails count 1
/name/familyName = "Dee"

## The username changes
PATCH /Users/${jane}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Replace", "path": "userName", "value": "jane.dee.${run}@contoso.com"}]}
-> 200
/userName = "jane.dee.${run}@contoso.com"

## Many attributes change at once, the employee number of the extension among them
PATCH /Users/${jane}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "Add", "path": "nickName", "value": "Babs"},
  {"op": "Replace", "path": "displayName", "value": "Pvlo"},
  {"op": "Replace", "path": "name.givenName", "value": "Gtfd"},
  {"op": "Replace", "path": "externalId", "value": "eqpj-${run}"},
  {"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "value": "E1"}]}
-> 200
/nickName = "Babs"
/displayName = "Pvlo"
/externalId = "eqpj-${run}"
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/employeeNumber = "E1"

## Successive additions with a filter build one address
PATCH /Users/${jane}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "Add", "path": "addresses[type eq \"work\"].locality", "value": "Ghent"},
  {"op": "Add", "path": "addresses[type eq \"work\"].country", "value": "Belgium"}]}
-> 200
/addresses count 1
/addresses has {"type": "work", "locality": "Ghent", "country": "Belgium"}

## The user is disabled by a text in place of a boolean
PATCH /Users/${jane}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Replace", "path": "active", "value": "False"}]}
-> 200
/active = false

## A disabled user is still found
GET /Users?filter=externalId+eq+"eqpj-${run}"
-> 200
/Resources/0/active = false

## The user comes back by Add, also as a text
PATCH /Users/${jane}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Add", "path": "active", "value": "true"}]}
-> 200
/active = true

## The user is deleted for good
DELETE /Users/${jane}
-> 204

## A second deletion finds nobody
DELETE /Users/${jane}
-> 404
/status = "404"
