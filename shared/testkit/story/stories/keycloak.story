# Keycloak with the SCIM client extension: everything by PUT
Profile: generic
Source: mitodl/keycloak-scim, src/main/java/sh/libre/scim/core
Header: Content-Type: application/scim+json
Header: Accept: application/scim+json

## The user is created
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": "kc-${run}", "userName": "kim.${run}",
 "name": {"familyName": "Key", "givenName": "Kim"}, "displayName": "Kim Key", "active": true,
 "emails": [{"value": "kim.${run}@example.com"}], "roles": []}
-> 201
/id as kim

## The group is created with its members and a relative reference
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": "kcg-${run}", "displayName": "kc ${run}",
 "members": [{"value": "${kim}", "$ref": "Users/${kim}"}]}
-> 201
/id as group
/members has {"value": "${kim}"}

## The group is replaced, with a relative location and without members
PUT /Groups/${group}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "${group}", "externalId": "kcg-${run}",
 "displayName": "kc ${run}", "meta": {"location": "Groups/${group}"}}
-> 200
/members = []

## The user is replaced, with a relative location
PUT /Users/${kim}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "${kim}", "externalId": "kc-${run}",
 "userName": "kim.${run}", "active": false, "meta": {"location": "Users/${kim}"}}
-> 200
/active = false

## An import reads all users with one request
GET /Users
-> 200
/Resources present

## The user is deleted
DELETE /Users/${kim}
-> 204
