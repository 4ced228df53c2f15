# SailPoint: discovery, aggregation by pages, updates by PUT
Profile: generic strict
Source: SailPoint, SCIM 2.0 connector: supported features; bodies are not published
Header: Content-Type: application/scim+json

## The configuration
GET /ServiceProviderConfig
-> 200
/filter/supported = true

## The resource types
GET /ResourceTypes
-> 200
/Resources has {"id": "User"}
/Resources has {"id": "Group"}

## One resource type
GET /ResourceTypes/User
-> 200
/endpoint = "/Users"

## The schemas
GET /Schemas
-> 200
/Resources has {"id": "urn:ietf:params:scim:schemas:core:2.0:User"}
/Resources has {"id": "urn:ietf:params:scim:schemas:core:2.0:Group"}

## An account is created
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "sal.${run}@example.com", "active": true}
-> 201
/id as sal

## Accounts are aggregated by pages
GET /Users?startIndex=1&count=50
-> 200
/Resources present
/totalResults present

## Groups likewise
GET /Groups?startIndex=1&count=50
-> 200
/Resources present

## An account is disabled by PUT
PUT /Users/${sal}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "${sal}",
 "userName": "sal.${run}@example.com", "active": false}
-> 200
/active = false
