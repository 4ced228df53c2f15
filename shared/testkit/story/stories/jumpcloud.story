# JumpCloud: users by PUT, groups by PATCH
Profile: generic
Source: guides of applications that JumpCloud provisions to; JumpCloud publishes no bodies
Header: Content-Type: application/scim+json

## The connection is tested
GET /Users?startIndex=1&count=1
-> 200
/Resources present

## The user is looked for
GET /Users?filter=userName+eq+%22jay.${run}%40example.com%22
-> 200
/totalResults = 0

## The user is created
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "jay.${run}@example.com",
 "externalId": "jc-${run}", "name": {"givenName": "Jay", "familyName": "Cloud"}, "displayName": "Jay Cloud",
 "emails": [{"value": "jay.${run}@example.com", "type": "work", "primary": true}], "active": true}
-> 201
/id as jay

## A group is created with its member
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "JumpCloud ${run}",
 "members": [{"value": "${jay}"}]}
-> 201
/id as group
/members has {"value": "${jay}"}

## The member leaves
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "remove", "path": "members[value eq \"${jay}\"]"}]}
-> 200 204

## The user is no longer bound to the app: PUT with active false
PUT /Users/${jay}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "${jay}", "userName": "jay.${run}@example.com",
 "externalId": "jc-${run}", "name": {"givenName": "Jay", "familyName": "Cloud"}, "displayName": "Jay Cloud",
 "emails": [{"value": "jay.${run}@example.com", "type": "work", "primary": true}], "active": false}
-> 200
/active = false
/externalId = "jc-${run}"
