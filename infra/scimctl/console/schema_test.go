package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const urn = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"

func definition(attributes string) string {
	return fmt.Sprintf(`{"id":%q,"name":"Acme","attributes":[%s]}`, urn, attributes)
}

// schemas: a definition is pasted or chosen as a file, changed and removed, and what is refused can be
// corrected in the form.
func schemas(c *client, _ data) {
	const all, add, one = "/tenants/globex/schemas", "/tenants/globex/schemas/new", "/tenants/globex/schemas/" + urn
	token := c.ctl("credential", "create", "globex")["secret"].(string)
	c.shows(all, "No schemas of its own", "Add a schema")
	refusedDefinitions(c, add)
	const address = `{"name":"desk","type":"complex","subAttributes":[{"name":"floor","type":"integer"}]}`
	added := c.upload(add, url.Values{"type": {"User"}}, "file", definition(`{"name":"costId"},`+address))
	c.answers(added, http.StatusOK, "The tenant has the schema",
		"It takes up to 30 seconds until all requests follow this change", "that comes earlier is ignored")
	c.shows(one, "costId", "desk.floor", "integer", "the tenant&#39;s users")
	c.shows(all, urn, "users")

	user := map[string]any{
		"schemas":  []string{"urn:ietf:params:scim:schemas:core:2.0:User", urn},
		"userName": "cost@globex.example", urn: map[string]any{"costId": "A7"},
	}
	status, made := c.scim(token, "POST", "/Users", user)
	if status != http.StatusCreated {
		c.Fatalf("%d %v", status, made)
	}
	c.shows(one+"/change", "&#34;costId&#34;")
	renamed := strings.ReplaceAll(definition(`{"name":"costId"}`), "2.0", "3.0")
	c.answers(c.submit(one+"/change", url.Values{"type": {"User"}, "definition": {renamed}}),
		http.StatusUnprocessableEntity, "Nothing was changed", "id of a schema can&#39;t be changed")
	narrowed := url.Values{"type": {"User"}, "definition": {definition(`{"name":"costId","type":"integer"}`)}}
	c.answers(c.submit(one+"/change", narrowed), http.StatusConflict, "what is stored in 1 of the tenant&#39;s users")
	c.shows(one+"/remove", "lose 2 attributes: costId, desk", "ignored from then on")
	c.answers(c.submit(one+"/remove", url.Values{}), http.StatusConflict,
		"it has values in 1 of the tenant&#39;s users")
	if status, v := c.scim(token, "DELETE", "/Users/"+made["id"].(string), nil); status != http.StatusNoContent {
		c.Errorf("%d %v", status, v)
	}
	c.answers(c.submit(one+"/remove", url.Values{}), http.StatusOK, "no longer has the schema "+urn,
		"that comes earlier may still be stored")
	c.answers(c.get(c.base+one), http.StatusNotFound, "Not found")
}

// refusedDefinitions: each says what is wrong, and the form keeps what was entered.
func refusedDefinitions(c *client, add string) {
	unknown := definition(`{"name":"costId","typ":"integer"}`)
	for name, of := range map[string]struct {
		form   url.Values
		status int
		words  []string
	}{
		"nothing": {url.Values{}, http.StatusUnprocessableEntity, []string{"paste it, or choose a file"}},
		"no JSON": {
			url.Values{"definition": {"{<b>"}}, http.StatusUnprocessableEntity,
			[]string{"not a JSON object", "{&lt;b&gt;"},
		},
		"no id": {url.Values{"definition": {`{"name":"x"}`}}, http.StatusUnprocessableEntity, []string{"has no id"}},
		"an unknown member": {
			url.Values{"definition": {unknown}, "type": {"Group"}}, http.StatusBadRequest,
			[]string{"&#34;typ&#34; is not a member", "&#34;costId&#34;", `<option value="Group" selected>`},
		},
		"more than the service takes": {
			url.Values{"definition": {
				definition(strings.Repeat(" ", 80<<10) + `{"name":"` + strings.Repeat("x", 70<<10) + `"}`),
			}},
			http.StatusRequestEntityTooLarge, []string{"Nothing was changed", "64 KiB"},
		},
		"more than the form takes": {
			url.Values{"definition": {strings.Repeat("x", 300<<10)}}, http.StatusRequestEntityTooLarge,
			[]string{"The form has more than 256 KB"},
		},
	} {
		c.Run(name, func(t *testing.T) {
			own, ownBench := *c, *c.bench
			ownBench.T = t
			own.bench = &ownBench
			own.answers(own.submit(add, of.form), of.status, of.words...)
		})
	}
	file := c.upload(add, url.Values{"type": {"User"}, "definition": {"ignored"}}, "file", unknown)
	c.answers(file, http.StatusBadRequest, "&#34;typ&#34; is not a member", "&#34;costId&#34;")
	large := c.upload(add, url.Values{}, "file", strings.Repeat("x", 300<<10))
	c.answers(large, http.StatusRequestEntityTooLarge, "The form has more than 256 KB")
	if strings.Contains(c.view("/tenants/globex/schemas"), urn) {
		c.Error("a refused definition was stored")
	}
}
