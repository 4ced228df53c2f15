# Okta: a member that is not provisioned yet does not stop the others
Profile: okta entra
Source: fleetdm/fleet issue 52600: Okta does not repeat a request that was answered 400
Header: User-Agent: Okta SCIM Client 1.0.0

## A user to add
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "known.${run}@okta.local"}
-> 201
/id as known

## The group is created
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Partly ${run}", "members": []}
-> 201
/id as group

## A known and an unknown member are pushed
PATCH /Groups/${group}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "add", "path": "members", "value": [
    {"value": "${known}"}, {"value": "00000000-0000-4000-8000-000000000000"}
  ]}]
}
-> 200 204

## The known one is a member
GET /Groups/${group}
-> 200
/members count 1
/members has {"value": "${known}"}
