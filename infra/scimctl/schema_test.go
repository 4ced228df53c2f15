package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const acmeURN = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"

// schemas: custom attributes are added, used, changed and removed, as operating.md shows.
func schemas(b *bench) {
	b.run("tenant create custom")
	token := b.json("credential create custom")["secret"].(string)
	file := b.definition(`{"name":"costId","caseExact":true},{"name":"pin","returned":"never"}`)
	if out := b.run("schema list custom"); !strings.HasSuffix(out, "\nnone\n") {
		b.Errorf("none are listed as\n%s", out)
	}
	if out := b.run("schema add custom " + file); !strings.Contains(out,
		"the tenant's users have the schema "+acmeURN) ||
		!strings.Contains(out, "up to 30 seconds") || !strings.Contains(out, "comes earlier is ignored") {
		b.Errorf("added: %s", out)
	}
	body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",%q],"userName":"ann@custom.example",
		%[1]q:{"costId":"A7","pin":"1234"}}`, acmeURN)
	status, user := b.scim("POST", "/Users", token, body)
	if got := fmt.Sprint(user[acmeURN]); status != 201 || got != "map[costId:A7]" {
		b.Errorf("created %d %v", status, user)
	}
	out := b.run("user show custom ann@custom.example -json")
	if strings.Contains(out, "1234") || !strings.Contains(out, "A7") {
		b.Errorf("shown: %s", out)
	}
	out = b.run("schema show custom " + acmeURN)
	if !strings.Contains(out, "costId") || !strings.Contains(out, "returned: never") {
		b.Errorf("schema: %s", out)
	}
	if v := b.json("schema show custom " + acmeURN); v["id"] != acmeURN || v["attributes"] == nil {
		b.Errorf("as JSON: %v", v)
	}
	const more = `{"name":"costId"},{"name":"pin","returned":"never"},{"name":"badge","type":"integer"}`
	b.run("schema add custom " + b.definition(more))
	if out := strings.Join(strings.Fields(b.run("schema list custom")), " "); !strings.Contains(out,
		acmeURN+" User 3 ") {
		b.Errorf("listed: %s", out)
	}
	b.fails(1, "does not take what is stored in 1 of the tenant's users",
		"schema add custom "+b.definition(`{"name":"costId","type":"integer"}`))
	b.fails(1, `"typ" is not a member`, "schema add custom "+b.definition(`{"name":"costId","typ":"integer"}`))
	b.fails(2, "the type must be User or Group", "schema add custom "+file+" -type user")
	b.fails(1, "no such file", "schema add custom /nowhere.json")
	b.fails(1, "it has values in 1 of the tenant's users",
		"schema remove custom "+acmeURN+" -confirm "+acmeURN)
	b.fails(1, "nothing is changed", "schema remove custom "+acmeURN+" -confirm other")
	b.fails(1, "no schema", "schema show custom urn:other:User")
	const remove = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations":[{"op":"remove","path":"` + acmeURN + `"}]}`
	if status, v := b.scim("PATCH", fmt.Sprint("/Users/", user["id"]), token, remove); status != 200 {
		b.Errorf("removed the values: %d %v", status, v)
	}
	groups := filepath.Join(b.TempDir(), "acme-group.json")
	const group = `{"id":"urn:acme:2.0:Group","name":"Acme","attributes":[{"name":"owner"}]}`
	if err := os.WriteFile(groups, []byte(group), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, flags := range []string{" -type Group", ""} { // the type stays as it is
		if out := b.run("schema add custom " + groups + flags); !strings.Contains(out, "the tenant's groups have") {
			b.Errorf("added with%s: %s", flags, out)
		}
	}
	out = b.run("schema remove custom " + acmeURN + " -confirm " + acmeURN)
	if !strings.Contains(out, "no longer have") || !strings.Contains(out, "may still be stored") {
		b.Errorf("removed: %s", out)
	}
	b.awaitEvent("custom", "  acme:2.0:User:costId") // without the beginning of the URN
	if out := b.run("log custom"); !strings.Contains(out, "define") || !strings.Contains(out, "Schema") {
		b.Errorf("log: %s", out)
	}
}

// definition writes the definition of a schema with attributes to a file.
func (b *bench) definition(attributes string) string {
	b.Helper()
	file := filepath.Join(b.TempDir(), "acme-user.json")
	text := fmt.Sprintf(`{"id":%q,"name":"Acme","attributes":[%s]}`, acmeURN, attributes)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return file
}
