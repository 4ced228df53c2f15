package providers_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// oktaLifecycle plays what Okta sends for a user of an app integration that
// updates by PUT, from the search before the create to the reactivation.
func oktaLifecycle(t *testing.T, s suite) {
	okta := s.NewTenant(t, "okta", tenant.Okta, "User-Agent", "Okta SCIM Client 1.0.0", "Accept", "application/scim+json", "Accept-Charset", "utf-8")

	const search = "/Users?filter=userName%20eq%20%22test.user%40okta.local%22&startIndex=1&count=100"
	if found := okta.Want(200, "GET", search, ""); found.Get("totalResults").JSON() != "0" || found.Get("Resources").JSON() != "[]" {
		t.Fatalf("before the create: %s", found.JSON())
	}

	created := okta.Want(201, "POST", "/Users", `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
		"userName": "test.user@okta.local",
		"name": {"givenName": "Test", "familyName": "User"},
		"emails": [{"primary": true, "value": "test.user@okta.local", "type": "work"}],
		"displayName": "Test User", "locale": "en-US", "externalId": "00ujl29u0le5T6Aj10h7",
		"groups": [], "password": "1mz050nq", "active": true}`)
	path := "/Users/" + created.Get("id").Text()
	if strings.Contains(created.JSON(), "1mz050nq") || created.Get("externalId").Text() != "00ujl29u0le5T6Aj10h7" || !created.Get("active").IsTrue() {
		t.Fatalf("created %s", created.JSON())
	}
	if fetched := okta.Want(200, "GET", path, ""); fetched.JSON() != created.JSON() {
		t.Fatalf("fetched %s, created %s", fetched.JSON(), created.JSON())
	}
	if found := okta.Want(200, "GET", search, ""); found.Get("Resources").Items()[0].JSON() != created.JSON() {
		t.Fatalf("found %s", found.JSON())
	}

	put := func(active string) scim.Value {
		return okta.Want(200, "PUT", path, `{
			"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
			"id": "`+created.Get("id").Text()+`", "userName": "test.user@okta.local", "externalId": "00ujl29u0le5T6Aj10h7",
			"name": {"givenName": "Another", "middleName": "Excited", "familyName": "User"},
			"emails": [{"primary": true, "value": "test.user@okta.local", "type": "work", "display": "test.user@okta.local"}],
			"active": `+active+`, "groups": [], "meta": {"resourceType": "User"}}`)
	}
	updated := put("true")
	if updated.Get("name").Get("givenName").Text() != "Another" || updated.Get("id").Text() != created.Get("id").Text() {
		t.Fatalf("updated %s", updated.JSON())
	}
	if off := put("false"); off.Get("active").JSON() != "false" {
		t.Fatalf("deactivated %s", off.JSON())
	}
	for _, found := range []scim.Value{okta.Want(200, "GET", path, ""), okta.Want(200, "GET", search, "").Get("Resources").Items()[0]} {
		if found.Get("active").JSON() != "false" {
			t.Fatalf("an inactive user is shown as %s", found.JSON())
		}
	}
	if on := put("true"); !on.Get("active").IsTrue() || on.Get("meta").Get("version").Text() != `W/"4"` {
		t.Fatalf("reactivated %s", on.JSON())
	}
	again := okta.Want(409, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"TEST.user@okta.local"}`)
	if again.Get("scimType").Text() != "uniqueness" {
		t.Fatalf("%s", again.JSON())
	}
}
