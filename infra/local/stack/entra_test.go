package stack_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"scimserver/infra/local/stack"
	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// safeLog is a log that may be read while it is written.
type safeLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

const patchOp = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":`

// TestEntraLifecycle plays what Entra ID sends for a user, from the test of the
// connection to the hard delete, with and without its flag aadOptscim062020.
func TestEntraLifecycle(t *testing.T) {
	var log safeLog
	entra := newIDP(t, stack.Options{Profile: tenant.Entra, Log: &log})
	search := func(filter string) scim.Value {
		t.Helper()
		return entra.want(200, "GET", "/Users?filter="+url.QueryEscape(filter), "")
	}
	if none := search(`userName eq "9edf3db5-1f4a-4b5a-a7a6-2f8d8b2a7f0e"`); none.Get("totalResults").JSON() != "0" {
		t.Fatalf("test of the connection: %s", none.JSON())
	}
	created := entra.want(201, "POST", "/Users", `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId": "0a21f0f2", "userName": "Jane@contoso.com", "active": true,
		"meta": {"resourceType": "User"}, "name": {"formatted": "Jane Doe", "familyName": "Doe", "givenName": "Jane"}, "roles": []}`)
	path := "/Users/" + created.Get("id").Text()
	patch := func(operations string) scim.Value {
		t.Helper()
		return entra.want(200, "PATCH", path, patchOp+operations+`}`)
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
	if !strings.Contains(log.String(), `"deviations":["string-boolean"]`) {
		t.Error("the log does not name the tolerated deviation")
	}

	entra.want(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"john@contoso.com"}`)
	if taken := entra.want(409, "PATCH", path, patchOp+`[{"op":"Replace","path":"userName","value":"JOHN@contoso.com"}]}`); taken.Get("scimType").Text() != "uniqueness" {
		t.Errorf("%s", taken.JSON())
	}
	entra.want(204, "DELETE", path, "")
	entra.want(404, "DELETE", path, "")
	entra.verify()
}

// PATCHes of one user in parallel all take effect: each is applied anew to what
// the others left.
func TestParallelPatches(t *testing.T) {
	processesOnly(t)
	p := newIDP(t, stack.Options{Transport: itemLocks})
	path := "/Users/" + p.want(201, "POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann"}`).Get("id").Text()
	attributes := []string{"title", "nickName", "displayName", "locale", "timezone", "userType", "name.givenName", "name.familyName"}
	var wg sync.WaitGroup
	for _, attribute := range attributes {
		wg.Go(func() {
			a := p.send("PATCH", path, patchOp+`[{"op":"replace","path":"`+attribute+`","value":"new"}]}`)
			for a.status == 409 { // as the detail asks
				a = p.send("PATCH", path, patchOp+`[{"op":"replace","path":"`+attribute+`","value":"new"}]}`)
			}
			if a.status != 200 {
				t.Errorf("%s: %d %s", attribute, a.status, a.body.JSON())
			}
		})
	}
	wg.Wait()
	got := p.want(200, "GET", path, "")
	for _, attribute := range attributes {
		v := got
		for _, name := range strings.Split(attribute, ".") {
			v = v.Get(name)
		}
		if v.Text() != "new" {
			t.Errorf("%s is lost: %s", attribute, got.JSON())
		}
	}
}
