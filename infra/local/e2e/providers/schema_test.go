package providers_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit/story"
)

// ownSchemas plays stories with custom attributes, each in a tenant that an operator has
// given the schema of testdata/acme-user.json.
func ownSchemas(t *testing.T, s suite) {
	for name, emitted := range map[string]string{"entra": `"D4"`, "okta": `"B2"`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := client{s.NewTenant(t, tenant.ID("own-schema-"+name), tenant.Profile(name))}
			c.addsSchema(filepath.Join("testdata", "acme-user.json"))
			text, err := os.ReadFile(filepath.Join("testdata", name+"-own-schema.story"))
			if err != nil {
				t.Fatal(err)
			}
			told, err := story.Parse(name+"-own-schema", string(text))
			if err != nil {
				t.Fatal(err)
			}
			c.plays(t, told)
			c.emits(emitted)
		})
	}
}

// addsSchema adds the schema of a file to the users of the tenant.
func (p client) addsSchema(file string) {
	p.Helper()
	definition, err := os.ReadFile(file)
	if err != nil {
		p.Fatal(err)
	}
	parsed, err := scim.ParseJSON(definition)
	if err != nil {
		p.Fatal(err)
	}
	body := `{"resourceType":"User","definition":` + string(definition) + `}`
	var answer struct{ URN string }
	p.Operate("PUT", "/tenants/"+string(p.Tenant)+"/schemas/"+parsed.Get("id").Text(), body, &answer)
}

// maxEventPages bounds the waiting for events; a request waits for 20 seconds.
const maxEventPages = 10

// emits expects that the events up to the deletion of the user tell a value of a custom
// attribute, and not what is never returned.
func (p client) emits(value string) {
	p.Helper()
	var all strings.Builder
	var after int64
	for range maxEventPages {
		var page struct {
			Events []json.RawMessage `json:"events"`
			Last   int64             `json:"last"`
		}
		p.Operate("GET", fmt.Sprintf("/tenants/%s/events?wait=20&after=%d", p.Tenant, after), "", &page)
		for _, e := range page.Events {
			all.Write(e)
		}
		after = page.Last
		if strings.Contains(all.String(), `"user.deleted"`) {
			break
		}
	}
	text := all.String()
	if !strings.Contains(text, value) || !strings.Contains(text, `"user.deleted"`) || strings.Contains(text, "1234") {
		p.Errorf("the events are %s; want %s, and no 1234", text, value)
	}
}
