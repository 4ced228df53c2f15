package admin_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
)

const (
	acmeURN     = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"
	acmeSchemas = "/tenants/acme/schemas"
)

// definition is a body that defines the acme extension of users, with attributes as JSON.
func definition(attributes string) string {
	const body = `{"resourceType":"User","definition":{"id":%q,"name":"Acme","attributes":[%s]}}`
	return fmt.Sprintf(body, acmeURN, attributes)
}

// newUserWith makes a user of acme with values of the acme extension, which are JSON.
func (b *bench) newUserWith(name, values string) scim.ID {
	b.Helper()
	text := fmt.Sprintf(`{"schemas":[%q,%q],"userName":%q,%q:%s}`, scim.UserSchema, acmeURN, name, acmeURN, values)
	doc, err := scim.ParseJSON([]byte(text))
	if err != nil {
		b.Fatal(err)
	}
	u, err := b.dir.For("acme").Users().Create(b.Context(), directory.Content{Doc: doc})
	if err != nil {
		b.Fatal(err)
	}
	return u.ID
}

func TestTenantSchemas(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	if a := b.send(200, "GET", acmeSchemas, ""); a.text("schemas") != "[]" {
		t.Errorf("none: %v", a)
	}
	b.send(404, "GET", acmeSchemas+"/"+acmeURN, "")
	b.send(404, "DELETE", acmeSchemas+"/"+acmeURN, "")
	made := b.send(200, "PUT", acmeSchemas+"/"+acmeURN, definition(`{"name":"costId"}`))
	if made.text("urn") != acmeURN || made.text("resourceType") != "User" ||
		made.get("effectiveSeconds").(float64) < 60 ||
		!strings.Contains(made.text("note"), fmt.Sprintf("up to %v seconds", made.get("effectiveSeconds"))) ||
		made.text("changed") != "2027-01-15T08:00:00Z" || made.text("definition.name") != "Acme" {
		t.Errorf("made %v", made)
	}
	one := b.send(200, "GET", acmeSchemas+"/"+strings.ToUpper(acmeURN), "")
	if one.text("definition.attributes") != made.text("definition.attributes") || one.get("effectiveSeconds") != nil {
		t.Errorf("shown %v", one)
	}
	b.send(200, "PUT", acmeSchemas+"/"+acmeURN, definition(`{"name":"costId"},{"name":"badge","type":"integer"}`))
	ofGroups := strings.Replace(definition(`{"name":"costId"}`), `"User"`, `"Group"`, 1)
	refused := b.send(409, "PUT", acmeSchemas+"/"+acmeURN, ofGroups)
	if !strings.Contains(refused.text("message"), "belongs to the tenant's users, so it can't be one of groups") {
		t.Errorf("another type: %v", refused)
	}
	list := b.send(200, "GET", acmeSchemas, "")
	if len(list.get("schemas").([]any)) != 1 || !strings.Contains(list.text("schemas"), "badge") {
		t.Errorf("list %v", list)
	}
	if a := b.send(200, "POST", "/tenants/acme/export", ""); !strings.Contains(a.text("schemas"), "badge") {
		t.Errorf("exported %v", a)
	}
	removed := b.send(200, "DELETE", acmeSchemas+"/"+acmeURN, "")
	if !strings.Contains(removed.text("definition.attributes"), "badge") {
		t.Errorf("removed %v", removed)
	}
	b.send(404, "GET", acmeSchemas+"/"+acmeURN, "")
	for _, path := range []string{"/tenants/none/schemas", "/tenants/none/schemas/" + acmeURN} {
		if a := b.send(404, "GET", path, ""); !strings.Contains(a.text("message"), "no tenant") {
			t.Errorf("%s: %v", path, a)
		}
	}
	var actions []string
	log := b.send(200, "GET", "/tenants/acme/log?to="+b.now.Add(time.Hour).Format(time.RFC3339), "")
	for _, v := range log.get("entries").([]any) {
		e := answer(v.(map[string]any))
		actions = append(actions, e.text("operation")+" "+e.text("resourceType")+" "+e.text("id"))
	}
	got := strings.Join(actions, ", ")
	if strings.Count(got, "define Schema "+acmeURN) != 2 || !strings.Contains(got, "delete Schema "+acmeURN) {
		t.Errorf("the log has %s", got)
	}
}

func TestTenantSchemaRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	for body, want := range map[string]string{
		`{}`:                            "resourceType must be User or Group",
		`{"resourceType":"User"}`:       "can't be used",
		`{"resourceType":"User","x":1}`: "unknown field",
		definition(`{"name":"a","typ":"string"}`):                                 `"typ" is not a member`,
		definition(`{"name":"a","uniqueness":"server"}`):                          "uniqueness must be none",
		definition(`{"name":"a","description":null}`):                             "must not be null",
		strings.Replace(definition(`{"name":"a"}`), acmeURN, "urn:acme:Other", 1): "the definition has the id",
	} {
		if a := b.send(400, "PUT", acmeSchemas+"/"+acmeURN, body); !strings.Contains(a.text("message"), want) {
			t.Errorf("%s: %v", body, a)
		}
	}
	b.send(413, "PUT", acmeSchemas+"/"+acmeURN,
		definition(`{"name":"a","description":"`+strings.Repeat("x", 70_000)+`"}`))
	for i := range 11 {
		urn := fmt.Sprintf("urn:acme:x%d:User", i)
		body := strings.Replace(definition(`{"name":"a"}`), acmeURN, urn, 1)
		status := 200
		if i == 10 {
			status = 400
		}
		b.send(status, "PUT", acmeSchemas+"/"+urn, body)
	}
}

// TestTenantSchemaInUse: no change of a definition makes a stored value invalid or unknown.
func TestTenantSchemaInUse(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	const usual = `{"name":"costId"},{"name":"badge","type":"integer"},{"name":"unused"}`
	put := func(status int, attributes string) answer {
		return b.send(status, "PUT", acmeSchemas+"/"+acmeURN, definition(attributes))
	}
	put(200, usual)
	ann := b.newUserWith("ann", `{"costId":"A7"}`)
	b.newUserWith("bob", `{"costId":"B","badge":7}`)
	b.newUser("acme", "eve")
	const costNumber = `{"name":"costId","type":"integer"}`
	for attributes, users := range map[string]string{
		`{"name":"badge","type":"integer"}`:               "in 2 of the tenant's users",
		costNumber + `,{"name":"badge","type":"integer"}`: "in 2 of the tenant's users",
		`{"name":"costId"},{"name":"badge"}`:              "in 1 of the tenant's users",
		`{"name":"costId"}`:                               "in 1 of the tenant's users",
		usual + `,{"name":"must","required":true}`:        "in 2 of the tenant's users",
	} {
		if a := put(409, attributes); !strings.Contains(a.text("message"), users) {
			t.Errorf("%s: %v", attributes, a)
		}
	}
	b.send(409, "DELETE", acmeSchemas+"/"+acmeURN, "")
	// An attribute that nobody uses may be removed.
	put(200, `{"name":"badge","type":"integer"},{"name":"costId","caseExact":true},{"name":"new"}`)
	if err := b.dir.For("acme").Users().Delete(t.Context(), ann, nil); err != nil {
		t.Fatal(err)
	}
	refused := b.send(409, "DELETE", acmeSchemas+"/"+acmeURN, "")
	if !strings.Contains(refused.text("message"), "in 1 of the tenant's users") {
		t.Errorf("%v", refused)
	}
}

// TestUserWithoutSecrets: the operator API shows no value that the tenant's schema says is
// never returned.
func TestUserWithoutSecrets(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.acme(`{"id":"acme"}`)
	b.send(200, "PUT", acmeSchemas+"/"+acmeURN,
		definition(`{"name":"pin","returned":"never"},{"name":"note","returned":"request"}`))
	id := b.newUserWith("ann", `{"pin":"1234","note":"n"}`)
	for _, path := range []string{"/users", "/users?userName=ann", "/users/" + string(id), "/export"} {
		shown := fmt.Sprint(b.send(200, "GET", "/tenants/acme"+path, ""))
		if strings.Contains(shown, "1234") || !strings.Contains(shown, "note:n") {
			t.Errorf("%s: %s", path, shown)
		}
	}
}
