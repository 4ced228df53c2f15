# Entra ID: groups, without and with the flag aadOptscim062020
Profile: entra generic
Source: Microsoft, Develop a SCIM endpoint: requests for groups
Source: MicrosoftDocs/azure-docs issue 30826: remove with a list of values
Header: Content-Type: application/scim+json; charset=utf-8

## Three users to add
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "one.${run}@contoso.com"}
-> 201
/id as one

## The second
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "two.${run}@contoso.com"}
-> 201
/id as two

## The third
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "three.${run}@contoso.com"}
-> 201
/id as three

## The group is looked for without its members
GET /Groups?excludedAttributes=members&filter=displayName+eq+"Entra+${run}"
-> 200
/totalResults = 0

## The group is created, with a second schema of an older time
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group",
             "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
 "externalId": "8aa1a0c0-${run}", "displayName": "Entra ${run}", "meta": {"resourceType": "Group"}}
-> 201
/id as group
/externalId = "8aa1a0c0-${run}"

## Several members are added in one value, with an empty reference
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Add", "path": "members", "value": [
   {"$ref": null, "value": "${one}"}, {"$ref": null, "value": "${two}"}, {"$ref": null, "value": "${three}"}]}]}
-> 200 204

## Is this user in the group?
GET /Groups?filter=id+eq+"${group}"+and+members+eq+"${two}"&attributes=id
-> 200
/totalResults = 1

## Remove with a list of values removes only those (without the flag)
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Remove", "path": "members", "value": [{"value": "${one}"}]}]}
-> 200 204

## Two are left
GET /Groups/${group}
-> 200
/members count 2
/members lacks {"value": "${one}"}

## Remove with a filter (with the flag)
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "remove", "path": "members[value eq \"${two}\"]"}]}
-> 200 204

## It is removed a second time
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "remove", "path": "members[value eq \"${two}\"]"}]}
-> 200 204

## The group is renamed
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "Replace", "path": "displayName", "value": "Entra renamed ${run}"}]}
-> 200 204

## It is read without its members
GET /Groups/${group}?excludedAttributes=members
-> 200
/displayName = "Entra renamed ${run}"
/members absent

## The group is out of scope and is deleted
DELETE /Groups/${group}
-> 204
