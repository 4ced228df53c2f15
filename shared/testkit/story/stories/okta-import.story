# Okta: an import reads all users and groups, page by page
Profile: okta generic entra strict
Source: Okta, SCIM 2.0 protocol reference: import
Header: User-Agent: Okta SCIM Client 1.0.0
Header: Accept: application/scim+json

## A first user exists
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "first.${run}@okta.local"}
-> 201

## A second user exists
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "second.${run}@okta.local"}
-> 201

## The first page
GET /Users?startIndex=1&count=1
-> 200
/startIndex = 1
/itemsPerPage = 1
/Resources count 1

## The second page goes on where the first one ended
GET /Users?startIndex=2&count=1
-> 200
/startIndex = 2
/itemsPerPage = 1
/Resources count 1

## Only the number of groups
GET /Groups?startIndex=1&count=0
-> 200
/itemsPerPage = 0
/totalResults present
