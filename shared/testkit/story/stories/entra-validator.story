# Entra ID: what its SCIM validator sends
Profile: entra
Source: captures of the Microsoft Entra SCIM Validator, published with other servers' test results
Header: Content-Type: application/scim+json; charset=utf-8

## The user is created with odd values: a boolean as text, an unknown manager, one number three times
POST /Users
{
  "userName": "shaniya.${run}@bauch.co.uk", "active": true, "displayName": "BDFAIMDWZXYA", "title": "HZEYUQROKTXF",
  "emails": [{"type": "work", "value": "camille.${run}@kunneva.ca", "primary": true}],
  "preferredLanguage": "cy-GB",
  "name": {"givenName": "Sadye", "familyName": "Keaton", "formatted": "Matt", "middleName": "Marcelo",
           "honorificPrefix": "Caleigh", "honorificSuffix": "Catalina"},
  "addresses": [{"type": "work", "formatted": "GWRTLPBWYNPV", "streetAddress": "845 Anastacio Radial",
                 "locality": "GIZRDTXXWJZC", "region": "JSKIBHIRPFHK", "postalCode": "zl48 3xh", "primary": true,
                 "country": "Belize"}],
  "phoneNumbers": [{"type": "work", "value": "56-357-7743", "primary": true},
                   {"type": "mobile", "value": "56-357-7743"}, {"type": "fax", "value": "56-357-7743"}],
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
    "employeeNumber": "JPOIXPDDDMKH", "department": "KDELNISIUEDX", "costCenter": "PCTBWQQHYLIH",
    "organization": "CJVPTEPRUCKO", "division": "JBYUDRIYLEDA", "manager": {"value": "GZFDHGRKQLCG"}},
  "roles": [{"primary": "True", "display": "RAJBJMKHJSNI", "value": "OGCIACGFVVRR", "type": "IJAQSLXCMJPC"}],
  "userType": "ITYVRPWVQBNN", "nickName": "ALLEWIPTSPGW", "locale": "PUWGYNUKSGVE",
  "timezone": "America/Indiana/Knox", "profileUrl": "RVSZJGLGMDLF",
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
              "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]
}
-> 201
/id as user
/phoneNumbers count 3
/roles has {"primary": true, "value": "OGCIACGFVVRR"}
/addresses has {"country": "Belize", "postalCode": "zl48 3xh"}
/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager has {"value": "GZFDHGRKQLCG"}

## The same user once more
POST /Users
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "SHANIYA.${run}@bauch.co.uk"}
-> 409
/scimType = "uniqueness"

## A role is addressed by a boolean in quotes
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "roles[primary eq \"True\"].display", "value": "Renamed"}]}
-> 200
/roles has {"primary": true, "display": "Renamed"}

## The username is replaced without a path
PATCH /Users/${user}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "value": {"userName": "renamed.${run}@bauch.co.uk"}}]}
-> 200
/userName = "renamed.${run}@bauch.co.uk"

## A group is created
POST /Groups
{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Validator ${run}",
 "externalId": "g-${run}"}
-> 201
/id as group

## A member is added by replace
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [{"op": "replace", "path": "members", "value": [{"value": "${user}"}]}]}
-> 200 204

## The group is read without its members
GET /Groups/${group}?excludedAttributes=members
-> 200
/members absent
/displayName = "Validator ${run}"

## A member is added and removed in one request
PATCH /Groups/${group}
{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
 "Operations": [
  {"op": "add", "path": "members", "value": [{"value": "${user}"}]},
  {"op": "remove", "path": "members[value eq \"${user}\"]"}]}
-> 200 204

## Nobody is left
GET /Groups/${group}
-> 200
/members = []
