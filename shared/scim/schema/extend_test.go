package schema

import (
	"strings"
	"testing"

	"scimserver/shared/scim"
)

const acme = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"

// parsed is a value from JSON.
func parsed(t *testing.T, text string) scim.Value {
	t.Helper()
	v, err := scim.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// definition is a schema with attributes, which are JSON.
func definition(t *testing.T, r *Registry, attributes string) *Schema {
	t.Helper()
	s, err := r.ParseDefinition(parsed(t, `{"id":"`+acme+`","name":"Acme","attributes":[`+attributes+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func standardRegistry(t *testing.T) *Registry {
	t.Helper()
	r, err := Standard()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExtend(t *testing.T) {
	r := standardRegistry(t)
	s := definition(t, r, `{"name":"costId"}`)
	more, err := r.Extend([]Addition{{"User", s}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := more.Type("User").Resolve(acme, "costid", ""); !ok || more.Schema(acme) != s {
		t.Error("the extension is not in the new registry")
	}
	_, ok := r.Type("User").Resolve(acme, "costId", "")
	if ok || r.Schema(acme) != nil || len(r.Type("User").Extensions) != 1 {
		t.Error("the registry has changed")
	}
	if more.Type("Group") != r.Type("Group") {
		t.Error("another type is not the same")
	}
	for name, bad := range map[string][]Addition{
		"unknown type": {{"Device", s}}, "twice": {{"User", s}, {"Group", s}},
	} {
		if _, err := r.Extend(bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// complexAttribute is the definition of an attribute with one sub-attribute.
func complexAttribute(sub string) string {
	return `{"name":"a","type":"complex","subAttributes":[` + sub + `]}`
}

func TestParseDefinition(t *testing.T) {
	r := standardRegistry(t)
	one := func(attribute string) string { return `"id":"urn:x:Y","attributes":[` + attribute + `]` }
	for members, want := range map[string]string{
		one(`{"name":"a"}`) + `,"extra":1`:                                 `"extra" is not a member`,
		`"id":"urn:x:Y"`:                                                   "no attributes",
		`"id":"urn:x:Y","attributes":{}`:                                   "attributes must be a JSON array",
		one(`"a"`):                                                         "must be a JSON object",
		one(`{"name":"a","multivalued":true}`):                             `"multivalued" is not a member`,
		one(`{"name":"a","multiValued":"true"}`):                           "multiValued must be a JSON boolean",
		one(`{"name":"a","canonicalValues":[1]}`):                          "must hold strings",
		one(`{"name":"a"},{"name":"A"}`):                                   `"A" is defined twice`,
		one(`{"name":"1a"}`):                                               "section 2.1",
		one(`{"name":"a","type":"text"}`):                                  `type "text" does not exist`,
		one(`{"name":"a","type":"reference","referenceTypes":["Device"]}`): "not a resource type",
		one(complexAttribute(`{"name":"b","typ":"x"}`)):                    `"typ" is not a member`,
		one(complexAttribute(complexAttribute(`{"name":"c"}`))):            "must not be complex",
	} {
		_, err := r.ParseDefinition(parsed(t, "{"+members+"}"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", members, err, want)
		}
	}
	full := definition(t, r, `{"name":"site","type":"reference","referenceTypes":["User","external"]},`+
		`{"name":"days","type":"integer"}`)
	again, err := r.ParseDefinition(full.Value())
	if err != nil || again.Value().JSON() != full.Value().JSON() {
		t.Errorf("with all defaults it is read as %v, %v", again.Value().JSON(), err)
	}
}

func TestWidensAndFits(t *testing.T) {
	r := standardRegistry(t)
	const old = `{"name":"n","type":"integer"},{"name":"s","canonicalValues":["A"]},{"name":"m","multiValued":true},` +
		`{"name":"c","type":"complex","subAttributes":[{"name":"x"},{"name":"y"}]}`
	stored := []string{`{"n":1}`, `{"s":"A"}`, `{"m":["a","b"]}`, `{"c":{"x":"1","y":"2"}}`}
	for name, tt := range map[string]struct {
		attributes string
		widens     bool
		fits       []int // of stored
	}{
		"the same":             {old, true, []int{0, 1, 2, 3}},
		"one more":             {old + `,{"name":"z"}`, true, []int{0, 1, 2, 3}},
		"one more required":    {old + `,{"name":"z","required":true}`, false, nil},
		"one less":             {strings.Replace(old, `{"name":"n","type":"integer"},`, "", 1), false, []int{1, 2, 3}},
		"another type":         {strings.Replace(old, "integer", "string", 1), false, []int{1, 2, 3}},
		"single-valued":        {strings.Replace(old, `,"multiValued":true`, "", 1), false, []int{0, 1, 3}},
		"another spelling":     {strings.Replace(old, `["A"]`, `["a"]`, 1), false, []int{0, 2, 3}},
		"another case":         {strings.Replace(old, `"name":"n"`, `"name":"N"`, 1), false, []int{1, 2, 3}},
		"a hint less":          {strings.Replace(old, `,"canonicalValues":["A"]`, "", 1), true, []int{0, 1, 2, 3}},
		"a sub-attribute less": {strings.Replace(old, `,{"name":"y"}`, "", 1), false, []int{0, 1, 2}},
		"another order": {`{"name":"c","type":"complex","subAttributes":[{"name":"y"},{"name":"x"}]},` +
			`{"name":"m","multiValued":true},{"name":"s"},{"name":"n","type":"integer"}`, true, []int{0, 1, 2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			now := definition(t, r, tt.attributes)
			if got := now.Widens(definition(t, r, old)); got != tt.widens {
				t.Errorf("widens: %v", got)
			}
			var fits []int
			for i, v := range stored {
				if now.Fits(parsed(t, v)) {
					fits = append(fits, i)
				}
			}
			if len(fits) != len(tt.fits) {
				t.Errorf("fits %v, want %v", fits, tt.fits)
			}
		})
	}
}

// TestHidden: no answer shows the values of an extension that is not defined, and changes of the
// resource keep them.
func TestHidden(t *testing.T) {
	users := standardRegistry(t).Type("User")
	const hidden = `"` + acme + `":{"costId":"7"}`
	stored := parsed(t, `{"schemas":["`+scim.UserSchema+`"],"userName":"a","title":"t",`+hidden+`}`)
	patched, err := users.Normalize(stored, Rules{Stored: true})
	if err != nil || patched.JSON() != stored.JSON() {
		t.Errorf("after a PATCH: %s, %v", patched.JSON(), err)
	}
	sent, err := users.Normalize(stored, Rules{RequireSchemas: true})
	if err != nil || strings.Contains(sent.JSON(), "costId") {
		t.Errorf("a client has sent: %s, %v", sent.JSON(), err)
	}
	put, err := users.CompleteReplacement(stored, sent.Without("title"))
	if err != nil || !strings.Contains(put.JSON(), hidden) || strings.Contains(put.JSON(), "title") {
		t.Errorf("after a PUT: %s, %v", put.JSON(), err)
	}
	for _, s := range []Selection{{}, {Attributes: []string{acme}}, {Excluded: []string{"title"}}} {
		p, err := users.Project(s)
		if err != nil {
			t.Fatal(err)
		}
		if shown := p.Apply(stored).JSON(); strings.Contains(shown, "costId") {
			t.Errorf("%+v shows %s", s, shown)
		}
	}
}

// TestHiddenAttribute: no answer shows the values of an attribute that was removed from an extension.
func TestHiddenAttribute(t *testing.T) {
	r := standardRegistry(t)
	more, err := r.Extend([]Addition{{"User", definition(t, r, `{"name":"costId"}`)}})
	if err != nil {
		t.Fatal(err)
	}
	stored := parsed(t, `{"userName":"a","`+acme+`":{"costId":"7","pin":"1234"}}`)
	for _, s := range []Selection{{}, {Attributes: []string{acme}}, {Excluded: []string{"title"}}} {
		p, err := more.Type("User").Project(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Apply(stored).Get(acme).JSON(); got != `{"costId":"7"}` {
			t.Errorf("%+v shows %s", s, got)
		}
	}
}
