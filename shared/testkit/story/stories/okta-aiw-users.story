# Okta: users of an app made with its wizard (AIW)
Profile: okta generic
Source: Okta, SCIM 2.0 protocol reference: requests of apps that update by PUT alone
Header: User-Agent: Okta SCIM Client 1.0.0
Header: Accept: application/scim+json
Header: Content-Type: application/scim+json; charset=utf-8

## Nobody has the username yet
GET /Users?filter=userName%20eq%20%22wizard.${run}%40okta.local%22&startIndex=1&count=100
-> 200
/totalResults = 0

## The user is created
POST /Users
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "userName": "wizard.${run}@okta.local",
  "name": {"givenName": "Wizard", "familyName": "User"},
  "emails": [{"primary": true, "value": "wizard.${run}@okta.local", "type": "work"}],
  "displayName": "Wizard User",
  "locale": "en-US",
  "externalId": "00w${run}",
  "groups": [],
  "password": "1mz050nq",
  "active": true
}
-> 201
/id as user

## The user is deactivated by PUT
PUT /Users/${user}
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "id": "${user}",
  "userName": "wizard.${run}@okta.local",
  "externalId": "00w${run}",
  "name": {"givenName": "Wizard", "familyName": "User"},
  "emails": [{"primary": true, "value": "wizard.${run}@okta.local", "type": "work"}],
  "displayName": "Wizard User",
  "active": false,
  "groups": [],
  "meta": {"resourceType": "User"}
}
-> 200
/active = false
/locale absent

## The inactive user is read
GET /Users/${user}
-> 200
/active = false

## The user is activated by PUT, under the same id
PUT /Users/${user}
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "id": "${user}",
  "userName": "wizard.${run}@okta.local",
  "externalId": "00w${run}",
  "name": {"givenName": "Wizard", "familyName": "User"},
  "emails": [{"primary": true, "value": "wizard.${run}@okta.local", "type": "work"}],
  "active": true,
  "groups": []
}
-> 200
/id = "${user}"
/active = true
/displayName absent
