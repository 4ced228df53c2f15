# Entra ID: the manager, in each shape that was seen
Profile: entra generic
Source: Microsoft, Develop a SCIM endpoint; SCIM-SDK issue 686; directory-scimple issues 1242 and 1244
Header: Content-Type: application/scim+json; charset=utf-8

## The user is created
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "managed.${run}@contoso.com"}
-> 201
/id as user

## By the short path, as a list of one
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Add", "path": "manager", "value": [{"$ref": "http://host/scim/Users/m1", "value": "m1"}]}]}
-> 200
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager has {"value": "m1"}

## By the full path, as an object
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
   "value": {"value": "m2"}}]}
-> 200
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager has {"value": "m2"}

## By the full path, as a text
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
   "value": "m3"}]}
-> 200
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager has {"value": "m3"}

## An empty text removes it
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
   "value": ""}]}
-> 200
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User absent
