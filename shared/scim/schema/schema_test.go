package schema

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"scimserver/shared/scim"
)

func userType(t *testing.T) *ResourceType {
	t.Helper()
	r, err := Standard()
	if err != nil {
		t.Fatal(err)
	}
	return r.Type("User")
}

func parse(t *testing.T, s string) scim.Value {
	t.Helper()
	v, err := scim.ParseJSON([]byte(s))
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return v
}

// uc is the start of a user's body under profile strict.
const uc = `"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"`

func TestNormalize(t *testing.T) {
	user := userType(t)
	for _, tt := range []struct{ rule, in, want string }{
		{"S-2.1-1 names in any case", `{"SCHEMAS":["URN:IETF:params:scim:schemas:core:2.0:user"],` +
			`"USERNAME":"a","Emails":[{"VALUE":"x"}]}`,
			`{` + uc + `,"emails":[{"value":"x"}]}`},
		{
			"P-3.3-1 readOnly is ignored",
			`{` + uc + `,"id":"x","meta":{"created":"2000"},"groups":[{"value":"g"}]}`, `{` + uc + `}`,
		},
		{
			"P-3.1-7 unknown is ignored", `{` + uc + `,"foo":1,"emails":[{"value":"x","bar":2}]}`,
			`{` + uc + `,"emails":[{"value":"x"}]}`,
		},
		{
			"S-2.5-1 null and empty are unassigned",
			`{` + uc + `,"title":null,"emails":[],"name":{},"roles":null,"nickName":""}`, `{` + uc + `}`,
		},
		{"S-2.5-4 nothing but nulls is unassigned", `{` + uc + `,"name":{"givenName":null}}`, `{` + uc + `}`},
		{"S-2.3.8-1 order has no meaning", `{"title":"t","externalId":"e",` + uc + `}`,
			`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"e","userName":"a","title":"t"}`},
		{"S-2.4-6 canonical values", `{` + uc + `,"emails":[{"value":"x","type":"Work"},{"value":"y","type":"alt"}]}`,
			`{` + uc + `,"emails":[{"value":"x","type":"work"},{"value":"y","type":"alt"}]}`},
		{"S-2.4-7 no pair twice", `{` + uc + `,"emails":[{"value":"x","type":"work"},` +
			`{"value":"x","type":"work","display":"d"}]}`,
			`{` + uc + `,"emails":[{"value":"x","type":"work"}]}`},
		{"S-2.4-8 one value, two types",
			`{` + uc + `,"emails":[{"value":"x","type":"work"},{"value":"x","type":"home"}]}`,
			`{` + uc + `,"emails":[{"value":"x","type":"work"},{"value":"x","type":"home"}]}`},
		{"S-3-8 a container adds its URN", `{` + uc +
			`,"urn:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:User":{"Department":"d",` +
			`"manager":{"value":"1","displayName":"no"}}}`,
			`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",` +
				`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"a",` +
				`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"d","manager":` +
				`{"value":"1"}}}`},
		{
			"S-3-8 a URN without container",
			`{"schemas":["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",` +
				`"urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a"}`,
			`{` + uc + `}`,
		},
		{
			"S-2.3.6-2 base64 without padding", `{` + uc + `,"x509Certificates":[{"value":"QUI"}]}`,
			`{` + uc + `,"x509Certificates":[{"value":"QUI"}]}`,
		},
		{
			"S-2.3.7-1 relative reference",
			`{` + uc + `,"profileUrl":"../Users/1"}`, `{` + uc + `,"profileUrl":"../Users/1"}`,
		},
		{
			"S-4.1.2-6 country as sent", `{` + uc + `,"addresses":[{"country":"Belize"}]}`,
			`{` + uc + `,"addresses":[{"country":"Belize"}]}`,
		},
	} {
		got, err := user.Normalize(parse(t, tt.in), Rules{RequireSchemas: true})
		if err != nil || got.JSON() != tt.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", tt.rule, got.JSON(), err, tt.want)
			continue
		}
		again, err := user.Normalize(got, Rules{RequireSchemas: true})
		if err != nil || again.JSON() != tt.want {
			t.Errorf("%s: not stable: %s, %v", tt.rule, again.JSON(), err)
		}
	}
}

func TestNormalizeRejects(t *testing.T) {
	user := userType(t)
	for _, tt := range []struct {
		rule, in string
		want     scim.ErrorType
		detail   string
	}{
		{"P-3.3-10", `[]`, scim.TypeInvalidSyntax, "object"},
		{"S-2.1-3", `{"userName":"a"}`, scim.TypeInvalidSyntax, "schemas is missing"},
		{"S-2.1-3", `{"userName":"a","schemas":[]}`, scim.TypeInvalidSyntax, "schemas is missing"},
		{
			"S-3-2", `{"userName":"a","schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:x"]}`,
			scim.TypeInvalidSyntax, "urn:x",
		},
		{
			"S-3.3-1",
			`{"userName":"a","schemas":["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]}`,
			scim.TypeInvalidSyntax, "must name",
		},
		{
			"P-3.3.1-2", `{"userName":"a","schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`,
			scim.TypeInvalidSyntax, "Group",
		},
		{
			"P-3.3-9", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}`, scim.TypeInvalidValue,
			"userName is required",
		},
		{
			"P-3.3-9", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":""}`,
			scim.TypeInvalidValue, "userName is required",
		},
		{
			"P-3.3-9", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":null}`,
			scim.TypeInvalidValue, "userName is required",
		},
		{"P-3.3-11", `{` + uc + `,"active":"yes"}`, scim.TypeInvalidValue, "active must be a boolean"},
		{"P-3.3-11", `{` + uc + `,"name":"x"}`, scim.TypeInvalidValue, "name must be an object"},
		{"P-3.3-11", `{` + uc + `,"emails":{"value":"x"}}`, scim.TypeInvalidValue, "emails must be an array"},
		{"P-3.3-11", `{` + uc + `,"emails":{}}`, scim.TypeInvalidValue, "emails must be an array"},
		{"S-2.4-1", `{` + uc + `,"emails":["x"]}`, scim.TypeInvalidValue, "emails must be an object"},
		{"S-1.2-1", `{` + uc + `,"title":{"a":1}}`, scim.TypeInvalidValue, "title must be a string"},
		{"S-2.5-4", `{` + uc + `,"emails":[null]}`, scim.TypeInvalidValue, "null"},
		{
			"S-2.4-3", `{` + uc + `,"emails":[{"value":"x","primary":true},{"value":"y","primary":true}]}`,
			scim.TypeInvalidValue, "primary",
		},
		{
			"S-2.3.6-1", `{` + uc + `,"x509Certificates":[{"value":"@@"}]}`, scim.TypeInvalidValue,
			"x509Certificates.value must be base64",
		},
		{"S-2.3.7-1", `{` + uc + `,"profileUrl":" not a uri "}`, scim.TypeInvalidValue, "profileUrl must be a URI"},
		{"S-2.3.1-1", `{` + uc + `,"title":"a\u0000b"}`, scim.TypeInvalidValue, "U+0000"},
		{
			"P-7-1",
			`{` + uc + `,"title":"` + strings.Repeat("x", MaxText+1) + `"}`, scim.TypeInvalidValue, "longer than",
		},
	} {
		_, err := user.Normalize(parse(t, tt.in), Rules{RequireSchemas: true})
		var e *scim.Error
		if !errors.As(err, &e) || e.Type != tt.want || !strings.Contains(e.Detail, tt.detail) {
			t.Errorf("%s %.90s: error %v, want %s with %q", tt.rule, tt.in, err, tt.want, tt.detail)
		}
	}
}

func TestNormalizeTolerates(t *testing.T) {
	user := userType(t)
	for _, in := range []string{
		`{"userName":"a"}`,
		`{"userName":"a","schemas":["urn:scim:schemas:core:1.0"]}`,
		`{"userName":"a","schemas":["urn:ietf:params:scim:schemas:core:2.0:User",` +
			`"urn:ietf:params:scim:schemas:extension:enterprise:2.0User"]}`,
	} {
		got, err := user.Normalize(parse(t, in), Rules{})
		if err != nil || got.JSON() != `{`+uc+`}` {
			t.Errorf("%s: %s, %v", in, got.JSON(), err)
		}
	}
	if _, err := user.Normalize(parse(t, `{"userName":"a","schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]}`),
		Rules{}); err == nil {
		t.Error("a Group is taken for a User")
	}
}

func TestLoadRejects(t *testing.T) { // S-1.2-1, S-2.1-4, S-2.3-1, S-7-22
	for _, tt := range []struct{ attribute, want string }{
		{`{"name":"1a"}`, "2.1"},
		{`{"name":"a b"}`, "2.1"},
		{`{"name":"a.b"}`, "2.1"},
		{`{"name":""}`, "2.1"},
		{`{"name":"a","type":"float"}`, `type "float"`},
		{`{"name":"a","mutability":"never"}`, "mutability"},
		{`{"name":"a","returned":"sometimes"}`, "returned"},
		{`{"name":"a","uniqueness":"local"}`, "uniqueness"},
		{`{"name":"a","subAttributes":[{"name":"b"}]}`, "no sub-attributes"},
		{`{"name":"a","type":"complex"}`, "needs sub-attributes"},
		{`{"name":"a","referenceTypes":["uri"]}`, "only a reference"},
		{`{"name":"a","type":"reference","referenceTypes":["uri","banana"]}`, `"banana" is not a resource type`},
		{`{"name":"a","type":"reference","referenceTypes":["user"]}`, `"user" is not a resource type`},
		{`{"name":"a","type":"reference","referenceTypes":[""]}`, `"" is not a resource type`},
		{
			`{"name":"a","type":"complex","subAttributes":[{"name":"$ref","type":"reference","referenceTypes":` +
				`["Group"]}]}`,
			`"Group" is not a resource type`,
		},
		{`{"name":"a"},{"name":"A"}`, "twice"},
	} {
		fsys := fstest.MapFS{
			"schemas/x.json": {Data: []byte(`{"id":"urn:x","attributes":[` + tt.attribute + `]}`)},
			"schemas/y.json": {Data: []byte(`{"id":"urn:y","attributes":[{"name":"a","type":"reference",` +
				`"referenceTypes":["User","external","uri"]}]}`)},
			"resourcetypes/u.json": {Data: []byte(`{"name":"User","schema":"urn:y"}`)},
		}
		_, err := Load(fsys)
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "x.json") {
			t.Errorf("%s: error %v, want one with %q", tt.attribute, err, tt.want)
		}
	}
}

func TestLoadDefaults(t *testing.T) { // S-2.2-1
	r, err := Load(fstest.MapFS{"schemas/x.json": {Data: []byte(`{"id":"urn:x","attributes":[{"name":"$ref"}]}`)}})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Schema("URN:X").Value().Get("attributes").Items()[0].JSON()
	want := `{"name":"$ref","type":"string","multiValued":false,"description":"","required":false,"caseExact":false,` +
		`"mutability":"readWrite","returned":"default","uniqueness":"none"}`
	if got != want {
		t.Errorf("got %s", got)
	}
}

func BenchmarkDecodeAndValidate(b *testing.B) {
	r, err := Standard()
	if err != nil {
		b.Fatal(err)
	}
	user := r.Type("User")
	body := []byte(benchUser)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		v, err := scim.ParseJSON(body)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := user.Normalize(v, Rules{RequireSchemas: true}); err != nil {
			b.Fatal(err)
		}
	}
}

const benchUser = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",
 "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"barbara.jensen@example.com","active":true,
 "displayName":"Barbara Jensen","title":"Tour Guide",
"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara","middleName":"Jane",
 "honorificPrefix":"Ms.","honorificSuffix":"III"},
"emails":[{"value":"barbara.jensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org",
 "type":"home"}],
"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"},{"value":"tel:+1-201-555-0124","type":"mobile"}],
"addresses":[{"type":"work","streetAddress":"100 Universal City Plaza","locality":"Hollywood","region":"CA",
 "postalCode":"91608","country":"US","formatted":"100 Universal City Plaza\nHollywood, CA 91608 USA","primary":true}],
"preferredLanguage":"en-US","locale":"en-US","timezone":"America/Los_Angeles",
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130",
 "organization":"Universal Studios","division":"Theme Park","department":"Tour Operations","manager":
 {"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}`
