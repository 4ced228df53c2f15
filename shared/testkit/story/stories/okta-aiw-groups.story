# Okta: group push of an app made with its wizard (AIW)
Profile: okta generic
Source: Okta, SCIM 2.0 protocol reference: group push by PUT
Source: jelhub/scimgateway issue 95: display is null, and the id is in the body
Header: User-Agent: Okta SCIM Client 1.0.0
Header: Content-Type: application/scim+json; charset=utf-8

## A user to add
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "cleo.${run}@okta.local"}
-> 201
/id as cleo

## The group is created
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Wizard ${run}", "members": []}
-> 201
/id as group

## The members are set
PUT /Groups/${group}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "${group}", "displayName": "Wizard ${run}",
 "members": [{"value": "${cleo}", "display": null}]}
-> 200
/members has {"value": "${cleo}"}

## A PUT of the group with its own name is no conflict
PUT /Groups/${group}
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Wizard ${run}", "members": []}
-> 200
/members = []
