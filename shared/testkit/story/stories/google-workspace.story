# Google Workspace: users only, with a deletion that no deactivation precedes
Profile: generic
Source: snipe/snipe-it issue 12642 and other public logs; Google publishes no bodies
Header: Content-Type: application/scim+json

## The service is probed
GET /Users?count=1
-> 200
/Resources present

## The schemas are read for the attribute mapping
GET /Schemas
-> 200
/Resources has {"id": "urn:ietf:params:scim:schemas:core:2.0:User"}

## The user is looked for
GET /Users?filter=userName%20eq%20%22gus.${run}%40example.com%22&startIndex=1
-> 200
/totalResults = 0

## The user is created
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "gus.${run}@example.com",
 "name": {"givenName": "Gus", "familyName": "Work"}, "active": true,
 "emails": [{"value": "gus.${run}@example.com", "type": "work", "primary": true}]}
-> 201
/id as gus

## The user is in a group of the application
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Google ${run}",
 "members": [{"value": "${gus}"}]}
-> 201
/id as group

## The user is deleted without being suspended before
DELETE /Users/${gus}
-> 204

## The group has lost the member
GET /Groups/${group}
-> 200
/members = []
