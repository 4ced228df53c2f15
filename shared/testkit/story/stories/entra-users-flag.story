# Entra ID: users, with the flag aadOptscim062020
Profile: entra generic
Source: Microsoft, Known issues with SCIM 2.0 protocol compliance: flag aadOptscim062020
Header: Content-Type: application/scim+json; charset=utf-8

## The flag at the end of the URL changes nothing
GET /Users?aadOptscim062020&filter=userName+eq+"flag.${run}@contoso.com"
-> 200
/totalResults = 0

## The user is created
POST /Users?aadOptscim062020
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
  "externalId": "flag-${run}",
  "userName": "flag.${run}@contoso.com",
  "active": true,
  "displayName": "Flag",
  "meta": {"resourceType": "User"},
  "roles": []
}
-> 201
/id as user

## Names with dots and URNs in a value without a path
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "flag.work.${run}@contoso.com"},
  {"op": "replace", "value": {
    "displayName": "Bjfe", "name.givenName": "Kkom", "name.familyName": "Unua",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "Aklq"}}]}
-> 200
/emails has {"type": "work", "value": "flag.work.${run}@contoso.com"}
/displayName = "Bjfe"
/name/givenName = "Kkom"
/name/familyName = "Unua"
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/employeeNumber = "Aklq"

## Values are cleared by an empty text and by null
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "replace", "value": {"name.givenName": "",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": ""}},
  {"op": "replace", "path": "displayName", "value": null}]}
-> 200
/displayName absent
/name/familyName = "Unua"
/name/givenName absent
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User absent

## The user is disabled by a boolean
PATCH /Users/${user}
{"Operations": [{"op": "Replace", "path": "active", "value": false}],
 "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
-> 200
/active = false
