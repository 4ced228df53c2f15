package server_test

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
)

// newTolerant is a client of a tenant whose profile is not strict.
func newTolerant(t *testing.T) *client {
	t.Helper()
	c := newClient(t)
	c.origin.Caller.Profile = tenant.Entra
	return c
}

// logs checks that the log of the last request contains a text.
func (c *client) logs(want string) {
	c.Helper()
	lines := strings.Split(strings.TrimSpace(c.log.String()), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, want) {
		c.Errorf("the log says %s, without %s", last, want)
	}
}

const customAttribute = "urn:ietf:params:scim:schemas:extension:acme:2.0:User:costId"

// An unknown attribute that the administrator mapped does not prevent a deactivation.
func TestPatchOfACustomAttribute(t *testing.T) { // P-3.5.2-11
	c := newTolerant(t)
	a := c.create("ann", `,"active":true`)
	operations := `[{"op":"Add","path":"` + customAttribute + `","value":"7"},` +
		`{"op":"Replace","path":"active","value":"False"}]`
	b := c.wants(c.patch(a, operations), 200, "")
	if b.Body.Get("active").JSON() != "false" || strings.Contains(b.Text, "costId") {
		t.Errorf("%s", b.Text)
	}
	c.logs(`"deviations":["unknown-path","string-boolean"],"ignored":["` + customAttribute + `"]`)
	c.send("PUT", path(a), user("ann", `,"`+strings.TrimSuffix(customAttribute, ":costId")+`":{"costId":"7"}`))
	c.logs(`"ignored":["` + strings.TrimSuffix(customAttribute, ":costId") + `"]`)
	c.origin.Caller.Profile = tenant.Strict
	c.wants(c.patch(a, operations), 400, "invalidPath")
}

func TestPatchOfAManagerByFilter(t *testing.T) { // P-3.5.2.2-4, P-3.5.2.2-11
	c := newTolerant(t)
	a := c.create("ann", `,`+enterprise+`:{"manager":{"value":"m-1"}}`)
	remove := func(manager string) string {
		return `[{"op":"Remove","path":"` + scim.EnterpriseUserSchema + `:manager[value eq \"` + manager + `\"]"}]`
	}
	if b := c.wants(c.patch(a, remove("m-2")), 200, ""); b.Text != a.Text {
		t.Errorf("no match changes %s", b.Text)
	}
	if b := c.wants(c.patch(a, remove("m-1")), 200, ""); !b.Body.Get(scim.EnterpriseUserSchema).IsEmpty() {
		t.Errorf("%s", b.Text)
	}
	c.logs(`"deviations":["single-value-filter"]`)
}

// Messages number the operations as the client sent them, not as they were repaired.
func TestNumbersOfRepairedOperations(t *testing.T) { // P-3.5.2-25
	c := newTolerant(t)
	ann := c.create("ann", "")
	staff := c.createGroup("staff", "")
	custom := `{"op":"Add","path":"` + customAttribute + `","value":"7"},`
	for _, tt := range []struct {
		of         answer
		operations string
		want       string
	}{
		{
			ann,
			custom + `{"op":"replace","value":{"name.givenName":"a","name.familyName":"b"}},` +
				`{"op":"replace","path":"title","value":5}`,
			"operation 3: title ",
		},
		{
			ann, custom + `{"op":"remove","path":"roles","value":["a","b"]},{"op":"test","path":"title"}`,
			"operation 3: op ",
		},
		{
			ann,
			custom + `{"op":"replace","value":{"title":"t","emails[type eq \"a\" or value eq \"b\"].display":"d"}}`,
			"operation 2: no value matches ",
		},
		{
			staff,
			custom + `{"op":"remove","path":"members","value":["a","b"]},` +
				`{"op":"add","path":"members","value":[{"value":"a","type":"Robot"}]}`,
			"operation 3: members.type ",
		},
		{
			staff,
			custom +
				`{"op":"remove","path":"members","value":["a","b"]},{"op":"replace","path":"displayName","value":""}`,
			"operation 3: displayName ",
		},
	} {
		refused := c.send("PATCH", path(tt.of), message(`[`+tt.operations+`]`))
		if detail := refused.Body.Get("detail").Text(); refused.StatusCode != 400 ||
			!strings.HasPrefix(detail, tt.want) {
			t.Errorf("%s: %d %q, want %q", tt.operations, refused.StatusCode, detail, tt.want)
		}
	}
}

// Clients send readOnly attributes back as they received them, which changes nothing.
func TestPatchOfReadOnlyAttributesToWhatTheyAre(t *testing.T) { // P-3.5.2-12, P-3.5.2-16
	c := newTolerant(t)
	ann := c.create("ann", "")
	staff := c.createGroup("staff", `,"members":`+value(id(ann)))
	shown := c.get(ann)
	groups, meta := shown.Body.Get("groups").JSON(), shown.Body.Get("meta")
	for _, operation := range []string{
		`{"op":"replace","path":"id","value":"` + id(ann) + `"}`,
		`{"op":"add","path":"` + scim.UserSchema + `:ID","value":["` + id(ann) + `"]}`,
		`{"op":"replace","path":"meta","value":` + meta.JSON() + `}`,
		`{"op":"replace","path":"meta.created","value":` + meta.Get("created").JSON() + `}`,
		`{"op":"replace","path":"groups","value":` + groups + `}`,
		`{"op":"add","path":"groups","value":[{"value":"` + id(staff) + `"}]}`,
		`{"op":"replace","path":"` + scim.EnterpriseUserSchema + `:manager.displayName","value":""}`,
		`{"op":"replace",` +
			`"value":{"` + scim.EnterpriseUserSchema + `:manager.displayName":"x","meta.resourceType":"User",` +
			`"groups.value":"g","` + scim.UserSchema + `:id":"x"}}`,
	} {
		if b := c.wants(c.patch(ann, `[`+operation+`]`), 200, ""); b.Text != shown.Text {
			t.Errorf("%s: %s, was %s", operation, b.Text, shown.Text)
		}
	}
	c.wants(c.patch(staff, `[{"op":"replace","path":"id","value":"`+id(staff)+`"},{"op":"replace",`+
		`"path":"displayName","value":"new"}]`), 204, "")
	if now := c.get(staff); now.Body.Get("displayName").Text() != "new" {
		t.Errorf("%s", now.Text)
	}
	shown = c.get(ann) // with the new name of the group
	for _, operation := range []string{
		`{"op":"replace","path":"id","value":"` + id(staff) + `"}`,
		`{"op":"remove","path":"id"}`,
		`{"op":"replace","path":"groups","value":[]}`,
		`{"op":"add","path":"groups","value":[{"value":"other"}]}`,
		`{"op":"replace","path":"meta.version","value":"W/\"7\""}`,
	} {
		c.wants(c.patch(ann, `[`+operation+`]`), 400, "mutability")
	}
	c.origin.Caller.Profile = tenant.Strict
	c.wants(c.patch(ann, `[{"op":"replace","path":"id","value":"`+id(ann)+`"}]`), 400, "mutability")
	c.unchanged(shown)
}

func TestPatchOfMembersByABareID(t *testing.T) { // P-3.4.2.2-24
	c := newTolerant(t)
	ann, bob := id(c.create("ann", "")), id(c.create("bob", ""))
	staff := c.createGroup("staff", `,"members":`+value(ann, bob))
	remove := `[{"op":"remove","path":"members[value eq ` + ann + `]"}]`
	c.wants(c.patch(staff, remove), 204, "")
	c.logs(`"deviations":["bare-word"]`)
	c.holds(staff, bob)
	c.origin.Caller.Profile = tenant.Strict
	c.wants(c.patch(staff, remove), 400, "invalidFilter")
}

func TestPatchOfAnObjectInOtherShapes(t *testing.T) { // P-3.5.2.1-3
	c := newTolerant(t)
	a := c.create("ann", `,"active":true`)
	for _, shape := range []string{`[{"active":false}]`, `"{\"active\":false}"`} {
		operations := `[{"op":"replace","value":` + shape + `}]`
		if b := c.wants(c.patch(a, operations), 200, ""); b.Body.Get("active").JSON() != "false" {
			t.Errorf("%s: %s", shape, b.Text)
		}
		c.wants(c.patch(a, `[{"op":"replace","path":"active","value":true}]`), 200, "")
	}
	c.origin.Caller.Profile = tenant.Strict
	c.wants(c.patch(a, `[{"op":"replace","value":[{"active":false}]}]`), 400, "invalidValue")
}
