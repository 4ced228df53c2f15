# Okta: custom attributes of a schema that the tenant has added
Profile: okta
Source: Okta, Attribute mappings: external namespace of a custom attribute
Header: User-Agent: Okta SCIM Client 1.0.0
Header: Content-Type: application/scim+json; charset=utf-8

## The user is created
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
             "urn:ietf:params:scim:schemas:extension:acme:2.0:User"],
 "userName": "custom.${run}@okta.local", "externalId": "00u${run}", "active": true,
 "urn:ietf:params:scim:schemas:extension:acme:2.0:User": {"costId": "A1", "remote": true, "skills": ["Go", "SQL"]}}
-> 201
/id as user
/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"costId": "A1", "remote": true, "skills": ["Go", "SQL"]}

## The profile is replaced
PUT /Users/${user}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
             "urn:ietf:params:scim:schemas:extension:acme:2.0:User"],
 "id": "${user}", "userName": "custom.${run}@okta.local", "externalId": "00u${run}", "active": true,
 "urn:ietf:params:scim:schemas:extension:acme:2.0:User": {"costId": "B2", "badge": 7}}
-> 200
/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"costId": "B2", "badge": 7}

## An import reads it
GET /Users?startIndex=1&count=100
-> 200
/Resources has {"id": "${user}", "urn:ietf:params:scim:schemas:extension:acme:2.0:User": {"costId": "B2", "badge": 7}}

## An import of one attribute
GET /Users?filter=externalId%20eq%20%2200u${run}%22&attributes=urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId
-> 200
/Resources/0/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"costId": "B2"}

## A bulk request changes it
POST /Bulk
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
 "Operations": [{"method": "PATCH", "path": "/Users/${user}", "data": {
   "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
   "Operations": [{"op": "add", "path": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge", "value": 8}]}}]}
-> 200
/Operations/0/status = "200"

## A search finds it
POST /.search
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
 "filter": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge ge 8",
 "sortBy": "urn:ietf:params:scim:schemas:extension:acme:2.0:User:badge"}
-> 200
/totalResults = 1
/Resources/0/id = "${user}"

## The user is deactivated
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "value": {"active": false}}]}
-> 200
/active = false
/urn:ietf:params:scim:schemas:extension:acme:2.0:User = {"costId": "B2", "badge": 8}
