# Okta: users of an app of its catalogue (OIN)
Profile: okta generic
Source: Okta, SCIM 2.0 protocol reference: requests of apps that deactivate by PATCH
Header: User-Agent: Okta SCIM Client 1.0.0
Header: Accept: application/scim+json
Header: Accept-Charset: utf-8
Header: Content-Type: application/scim+json; charset=utf-8

## The credentials are tested
GET /Users?startIndex=1&count=2
-> 200
/startIndex = 1
/schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]

## Groups are read, also by the test
GET /Groups?startIndex=1&count=100
-> 200
/Resources present

## Nobody has the username yet
GET /Users?filter=userName%20eq%20%22test.user.${run}%40okta.local%22&startIndex=1&count=100
-> 200
/totalResults = 0
/Resources = []

## The user is created, with a password and an empty list of groups
POST /Users
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "userName": "test.user.${run}@okta.local",
  "name": {"givenName": "Test", "familyName": "User"},
  "emails": [{"primary": true, "value": "test.user.${run}@okta.local", "type": "work"}],
  "displayName": "Test User",
  "locale": "en-US",
  "externalId": "00u${run}",
  "groups": [],
  "password": "1mz050nq",
  "active": true
}
-> 201
/id as user
/userName = "test.user.${run}@okta.local"
/externalId = "00u${run}"
/active = true
/emails has {"value": "test.user.${run}@okta.local", "type": "work", "primary": true}
/meta/location has "/Users/${user}"
/password absent

## The username is found in another case
GET /Users?filter=userName%20eq%20%22TEST.user.${run}%40okta.local%22&startIndex=1&count=100
-> 200
/totalResults = 1
/Resources/0/id = "${user}"

## A second user with the username is refused
POST /Users
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "userName": "Test.User.${run}@okta.local",
  "externalId": "00v${run}"
}
-> 409
/scimType = "uniqueness"
/status = "409"

## The user is read before an update
GET /Users/${user}
-> 200
/id = "${user}"

## The user is updated with everything that was read
PUT /Users/${user}
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "id": "${user}",
  "userName": "test.user.${run}@okta.local",
  "externalId": "00u${run}",
  "name": {"givenName": "Another", "middleName": "Excited", "familyName": "User"},
  "emails": [{"primary": true, "value": "test.user.${run}@okta.local", "type": "work", "display": "test.user"}],
  "active": true,
  "groups": [],
  "meta": {"resourceType": "User"}
}
-> 200
/name/givenName = "Another"
/emails/0/display = "test.user"

## The password is synchronized
PATCH /Users/${user}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "replace", "value": {"password": "t1meMa$heen"}}]
}
-> 200 204

## The user is deactivated
PATCH /Users/${user}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "replace", "value": {"active": false}}]
}
-> 200
/active = false

## An inactive user is still found
GET /Users?filter=userName%20eq%20%22test.user.${run}%40okta.local%22&startIndex=1&count=100
-> 200
/Resources/0/active = false
/Resources/0/password absent

## The user is activated again
PATCH /Users/${user}
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [{"op": "replace", "value": {"active": true}}]
}
-> 200
/active = true
/name/middleName = "Excited"
