package providers_test

import (
	"net/url"
	"strings"
	"testing"

	"scimserver/infra/local/e2e"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// entraLifecycle plays what Entra ID sends for a user, from the test of the
// connection to the hard delete, with and without its flag aadOptscim062020.
func entraLifecycle(t *testing.T, s suite) {
	entra := s.NewTenant(t, "entra", tenant.Entra)
	search := func(filter string) scim.Value {
		t.Helper()
		return entra.Want(200, "GET", "/Users?filter="+url.QueryEscape(filter), "")
	}
	if none := search(`userName eq "9edf3db5-1f4a-4b5a-a7a6-2f8d8b2a7f0e"`); none.Get("totalResults").JSON() != "0" {
		t.Fatalf("test of the connection: %s", none.JSON())
	}
	created := entra.Want(201, "POST", "/Users", `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId": "0a21f0f2", "userName": "Jane@contoso.com", "active": true,
		"meta": {"resourceType": "User"}, "name": {"formatted": "Jane Doe", "familyName": "Doe", "givenName": "Jane"}, "roles": []}`)
	path := "/Users/" + created.Get("id").Text()
	patch := func(operations string) scim.Value {
		t.Helper()
		return entra.Want(200, "PATCH", path, e2e.PatchOp+operations+`}`)
	}

	got := patch(`[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"jane@contoso.com"},{"op":"Add","path":"manager","value":[{"$ref":null,"value":"m1"}]}]`)
	if got.Get("emails").JSON() != `[{"value":"jane@contoso.com","type":"work"}]` ||
		got.Get(scim.EnterpriseUserSchema).JSON() != `{"manager":{"value":"m1"}}` {
		t.Fatalf("%s", got.JSON())
	}
	if found := search(`emails[type eq "work"].value eq "JANE@contoso.com"`); found.Get("totalResults").JSON() != "1" {
		t.Errorf("by work email: %s", found.JSON())
	}
	got = patch(`[{"op":"replace","value":{"displayName":"Jane D","name.familyName":"Dee","` + scim.EnterpriseUserSchema + `:department":"Sales"}}]`)
	if got.Get("displayName").Text() != "Jane D" || got.Get("name").Get("familyName").Text() != "Dee" || got.Get(scim.EnterpriseUserSchema).Get("department").Text() != "Sales" {
		t.Fatalf("%s", got.JSON())
	}
	if off := patch(`[{"op":"Replace","path":"active","value":"False"}]`); off.Get("active").JSON() != "false" {
		t.Fatalf("%s", off.JSON())
	}
	if found := search(`externalId eq "0a21f0f2"`); found.Get("Resources").Items()[0].Get("active").JSON() != "false" {
		t.Errorf("an inactive user is found as %s", found.JSON())
	}
	if !strings.Contains(s.log.String(), `"deviations":["string-boolean"]`) {
		t.Error("the log does not name the tolerated deviation")
	}

	entra.Want(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"john@contoso.com"}`)
	if taken := entra.Want(409, "PATCH", path, e2e.PatchOp+`[{"op":"Replace","path":"userName","value":"JOHN@contoso.com"}]}`); taken.Get("scimType").Text() != "uniqueness" {
		t.Errorf("%s", taken.JSON())
	}
	entra.Want(204, "DELETE", path, "")
	entra.Want(404, "DELETE", path, "")
}
