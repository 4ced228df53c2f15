# Entra ID: custom attributes of a schema that the tenant has added
Profile: entra
Source: Microsoft, Customize attribute mappings: custom extension attributes
Header: Content-Type: application/scim+json; charset=utf-8

## The schema is found
GET /Schemas
-> 200
/Resources has {"id": "urn:ietf:params:scim:schemas:extension:acme:2.0:User"}

## The schema belongs to users
GET /ResourceTypes/User
-> 200
/schemaExtensions has {"schema": "urn:ietf:params:scim:schemas:extension:acme:2.0:User", "required": false}

## The user is created, with a boolean as a string
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
             "urn:ietf:params:scim:schemas:extension:acme:2.0:User"],
 "userName": "custom.${run}@contoso.com", "active": true,
 "urn:ietf:params:scim:schemas:extension:acme:2.0:User":
   {"costId": "A1", "badge": 7, "remote": "True", "pin": "1234", "desk": {"floor": 3, "room": "3b"}}}
-> 201
/id as user
/schemas has "urn:ietf:params:scim:schemas:extension:acme:2.0:User"
/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"costId": "A1", "badge": 7, "remote": true, "desk": {"floor": 3, "room": "3b"}}

## The user is found by a custom attribute
GET /Users?filter=urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId%20eq%20%22A1%22
-> 200
/totalResults = 1
/Resources/0/id = "${user}"

## Users are sorted by a custom attribute, and only that is asked for
GET /Users?sortBy=urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge&attributes=urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge
-> 200
/Resources/0/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"badge": 7}
/Resources/0/userName absent

## What is never returned is not there when it is asked for
GET /Users/${user}?attributes=urn:ietf:params:scim:schemas:extension:acme:2.0:User:pin
-> 200
/id = "${user}"
/urn:ietf:params:scim:schemas:extension:acme:2.0:User absent

## The attribute is compared with case
GET /Users?filter=urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId%20eq%20%22a1%22
-> 200
/totalResults = 0

## Attributes change, addressed by their paths
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId", "value": "B2"},
  {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:remote", "value": "False"},
  {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:desk.floor", "value": 4},
  {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:skills", "value": ["Go"]}]}
-> 200
/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"costId": "B2", "badge": 7, "remote": false, "desk": {"floor": 4, "room": "3b"}, "skills": ["Go"]}

## Attributes change without a path, as with the flag aadOptscim062020
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "value": {"displayName": "Custom",
   "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge": 8,
   "urn:ietf:params:scim:schemas:extension:acme:2.0:User": {"costId": "C3"}}}]}
-> 200
/displayName = "Custom"
/urn:ietf:params:scim:schemas:extension:acme:2.0:User/badge = 8
/urn:ietf:params:scim:schemas:extension:acme:2.0:User/costId = "C3"

## A wrong type is refused
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge", "value": "eight"}]}
-> 400
/scimType = "invalidValue"

## An attribute is removed, another one asked for
PATCH /Users/${user}?attributes=urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Remove", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge"}]}
-> 200
/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"costId": "C3"}

## The user is deactivated beside a custom attribute
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId", "value": "D4"},
  {"op": "Replace", "path": "active", "value": "False"}]}
-> 200
/active = false
/urn:ietf:params:scim:schemas:extension:acme:2.0:User/costId = "D4"
/urn:ietf:params:scim:schemas:extension:acme:2.0:User/badge absent
