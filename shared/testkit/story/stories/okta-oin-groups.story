# Okta: group push of an app of its catalogue (OIN)
Profile: okta generic
Source: Okta, SCIM 2.0 protocol reference: group push by PATCH
Source: Captain-P-Goldfish/SCIM-SDK issue 757: push of an empty group
Header: User-Agent: Okta SCIM Client 1.0.0
Header: Accept: application/scim+json
Header: Content-Type: application/scim+json; charset=utf-8

## A user to add
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann.${run}@okta.local"}
-> 201
/id as ann

## Another user to add
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bob.${run}@okta.local"}
-> 201
/id as bob

## No group has the name yet
GET /Groups?filter=displayName%20eq%20%22Push%20${run}%22&startIndex=1&count=100
-> 200
/totalResults = 0

## The group is created without members
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Push ${run}", "members": []}
-> 201
/id as group
/displayName = "Push ${run}"

## The name is sent again right after, with the read-only id
PATCH /Groups/${group}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "replace", "value": {"id": "${group}", "displayName": "Push ${run}"}}]
}
-> 200 204

## The members are pushed in full
PATCH /Groups/${group}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "replace", "path": "members", "value": [
    {"value": "${ann}", "display": "ann.${run}@okta.local"}
  ]}]
}
-> 200 204

## One leaves and one joins in the same request
PATCH /Groups/${group}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [
    {"op": "remove", "path": "members[value eq \"${ann}\"]"},
    {"op": "add", "path": "members", "value": [{"value": "${bob}", "display": "bob.${run}@okta.local"}]}
  ]
}
-> 200 204

## The group has the one who joined
GET /Groups/${group}
-> 200
/members count 1
/members has {"value": "${bob}"}

## The user shows the group
GET /Users/${bob}
-> 200
/groups has {"value": "${group}", "display": "Push ${run}"}

## Adding a member again is a no-op
PATCH /Groups/${group}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "add", "path": "members", "value": [{"value": "${bob}"}]}]
}
-> 200 204

## An empty group is pushed
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "members", "value": []}]}
-> 200 204

## Nobody is left in it
GET /Groups/${group}
-> 200
/members = []

## The group is renamed
PATCH /Groups/${group}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "replace", "value": {"id": "${group}", "displayName": "Pushed ${run}"}}]
}
-> 200 204

## It is found under its new name
GET /Groups?filter=displayName%20eq%20%22Pushed%20${run}%22&startIndex=1&count=100
-> 200
/Resources/0/id = "${group}"

## The group is deleted
DELETE /Groups/${group}
-> 204

## Its former members are still there
GET /Users/${bob}
-> 200
/groups absent
