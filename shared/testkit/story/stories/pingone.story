# PingOne: users are matched by any email
Profile: generic
Source: Ping Identity, provisioning connectors: user filter expression
Header: Content-Type: application/scim+json
Header: User-Agent: Apache-HttpClient/4.5.13

## The user is looked for by a multi-valued attribute without a sub-attribute
GET /Users?filter=emails%20eq%20%22pia.${run}%40example.com%22
-> 200
/totalResults = 0

## The user is created, with a boolean as text
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "pia.${run}", "active": "true",
 "name": {"givenName": "Pia", "familyName": "Ping"},
 "emails": [{"value": "pia.${run}@example.com", "type": "work", "primary": "true"}]}
-> 201
/id as pia
/active = true

## The user is found by the email, in another case
GET /Users?filter=emails%20eq%20%22PIA.${run}%40example.com%22
-> 200
/Resources/0/id = "${pia}"

## The user is disabled
PATCH /Users/${pia}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "active", "value": false}]}
-> 200
/active = false

## Or deleted, if the connector is set so
DELETE /Users/${pia}
-> 204
