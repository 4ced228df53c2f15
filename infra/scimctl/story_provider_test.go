package main_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// person is somebody whom a provider manages.
type person struct{ externalID, userName, email, given, family string }

// provider sends what an identity provider sends, in its order and its words. Each
// method returns the answer to the last request.
type provider interface {
	// provision looks for a person, as the provider does before each create, and
	// creates or updates the user.
	provision(p person) answer
	// create is provision where the provider's search has found nobody.
	create(p person) answer
	// update writes what the provider knows of a person to a user.
	update(id string, p person) answer
	// active activates or deactivates a user.
	active(id string, p person, on bool) answer
	// send sends a request as it is.
	send(method, path, body string) answer
	// push looks for a group, creates it if there is none, and gives it its members.
	push(g group, members ...string) answer
}

// group is a group that a provider manages.
type group struct{ externalID, name string }

// answer is what the service answered.
type answer struct {
	status int
	body   map[string]any
}

func (a answer) text(name string) string { s, _ := a.body[name].(string); return s }

func (a answer) found() []any { list, _ := a.body["Resources"].([]any); return list }

// idOf returns the id of a resource within a list.
func idOf(resource any) string { return answer{body: resource.(map[string]any)}.text("id") }

// wire sends requests with the headers of a provider.
type wire struct {
	*bench
	token   string
	headers map[string]string
}

func (w wire) send(method, path, body string) answer {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.stack.BaseURL()+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.token)
	for name, value := range w.headers {
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	a := answer{status: res.StatusCode}
	if a.status != http.StatusNoContent {
		if err := json.NewDecoder(res.Body).Decode(&a.body); err != nil {
			w.Fatalf("%s %s: %d, %v", method, path, a.status, err)
		}
	}
	return a
}

// fill puts values into a body, each as the JSON text it is.
func fill(body string, pairs ...string) string {
	for i := 1; i < len(pairs); i += 2 {
		text, _ := json.Marshal(pairs[i])
		pairs[i] = string(text)
	}
	return strings.NewReplacer(pairs...).Replace(body)
}

func (p person) fill(body string, more ...string) string {
	return fill(body, append([]string{"$externalId", p.externalID, "$userName", p.userName, "$email", p.email,
		"$given", p.given, "$family", p.family, "$name", p.given + " " + p.family}, more...)...)
}

func members(ids []string, before, behind string) string {
	var list []string
	for _, id := range ids {
		list = append(list, before+`"value": `+fill("$id", "$id", id)+behind)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

const patchOp = `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [`

// okta is an app integration of Okta, which updates users by PUT and groups by PATCH.
type okta struct{ wire }

func newOkta(b *bench, token string) provider {
	return okta{wire{b, token, map[string]string{
		"User-Agent": "Okta SCIM Client 1.0.0", "Accept": "application/scim+json",
		"Accept-Charset": "utf-8", "Content-Type": "application/scim+json; charset=utf-8",
	}}}
}

func (o okta) search(endpoint, attribute, value string) answer {
	return o.send("GET",
		endpoint+"?filter="+strings.ReplaceAll(url.QueryEscape(attribute+` eq "`+value+`"`), "+",
			"%20")+"&startIndex=1&count=100",
		"")
}

func (o okta) provision(p person) answer {
	if found := o.search("/Users", "userName", p.userName).found(); len(found) > 0 {
		return o.update(idOf(found[0]), p)
	}
	return o.create(p)
}

func (o okta) create(p person) answer {
	return o.send("POST", "/Users", p.fill(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
		"userName": $userName, "name": {"givenName": $given, "familyName": $family},
		"emails": [{"primary": true, "value": $email, "type": "work"}],
		"displayName": $name, "locale": "en-US", "externalId": $externalId, "groups": [],
		"password": "1mz050nq", "active": true}`))
}

func (o okta) update(id string, p person) answer { return o.active(id, p, true) }

func (o okta) active(id string, p person, on bool) answer {
	o.send("GET", "/Users/"+id, "")
	body := p.fill(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": $id,
		"userName": $userName, "name": {"givenName": $given, "familyName": $family}, "externalId": $externalId,
		"emails": [{"primary": true, "value": $email, "type": "work", "display": $email}],
		"active": true, "groups": [], "meta": {"resourceType": "User"}}`, "$id", id)
	if !on {
		body = strings.Replace(body, `"active": true`, `"active": false`, 1)
	}
	return o.send("PUT", "/Users/"+id, body)
}

// push sends the name with every change of members, and no externalId.
func (o okta) push(g group, ids ...string) answer {
	var id string
	if found := o.search("/Groups", "displayName", g.name).found(); len(found) > 0 {
		id = idOf(found[0])
	} else {
		made := o.send("POST", "/Groups",
			fill(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": $name,`+
				` "members": []}`, "$name", g.name))
		if made.status != http.StatusCreated {
			return made
		}
		id = made.text("id")
	}
	named := o.send("PATCH", "/Groups/"+id,
		fill(patchOp+`{"op": "replace", "value": {"id": $id, "displayName": $name}}]}`, "$id", id, "$name", g.name))
	if named.status >= 300 {
		return named
	}
	o.send("PATCH", "/Groups/"+id, patchOp+`{"op": "replace", "path": "members",`+
		` "value": `+members(ids, "{", "}")+`}]}`)
	return o.send("GET", "/Groups/"+id, "")
}

// entra is an enterprise application of Entra ID, which updates by PATCH.
type entra struct{ wire }

func newEntra(b *bench, token string) provider {
	return entra{wire{b, token, map[string]string{"Content-Type": "application/scim+json; charset=utf-8"}}}
}

func (e entra) search(query, attribute, value string) answer {
	return e.send("GET", query+"filter="+url.QueryEscape(attribute+` eq "`+value+`"`), "")
}

func (e entra) provision(p person) answer {
	if found := e.search("/Users?", "userName", p.userName).found(); len(found) > 0 {
		return e.update(idOf(found[0]), p)
	}
	return e.create(p)
}

func (e entra) create(p person) answer {
	return e.send("POST", "/Users", p.fill(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId": $externalId, "userName": $userName, "active": true,
		"emails": [{"primary": true, "type": "work", "value": $email}], "meta": {"resourceType": "User"},
		"name": {"formatted": $name, "familyName": $family, "givenName": $given}, "roles": []}`))
}

func (e entra) update(id string, p person) answer {
	return e.send("PATCH", "/Users/"+id, p.fill(patchOp+`
		{"op": "Replace", "path": "userName", "value": $userName}, {"op": "Replace", "path": "active", "value": "True"},
		{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": $email},
		{"op": "Add", "path": "externalId", "value": $externalId}]}`))
}

func (e entra) active(id string, _ person, on bool) answer {
	value := map[bool]string{true: `"True"`, false: `"False"`}[on]
	return e.send("PATCH", "/Users/"+id, patchOp+`{"op": "Replace", "path": "active", "value": `+value+`}]}`)
}

func (e entra) push(g group, ids ...string) answer {
	var id string
	if found := e.search("/Groups?excludedAttributes=members&", "displayName", g.name).found(); len(found) > 0 {
		id = idOf(found[0])
	} else {
		made := e.send("POST", "/Groups", fill(`{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group",
			"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
			"externalId": $external, "displayName": $name, "meta": {"resourceType": "Group"}}`,
			"$external", g.externalID, "$name", g.name))
		if made.status != http.StatusCreated {
			return made
		}
		id = made.text("id")
	}
	added := e.send("PATCH", "/Groups/"+id,
		patchOp+`{"op": "Add", "path": "members", "value": `+members(ids, `{"$ref": null, `, "}")+`}]}`)
	if added.status >= 300 {
		return added
	}
	return e.send("GET", "/Groups/"+id, "")
}
