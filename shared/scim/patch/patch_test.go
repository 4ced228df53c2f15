package patch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

func userType(tb testing.TB) *schema.ResourceType {
	tb.Helper()
	r, err := schema.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	return r.Type("User")
}

func parse(tb testing.TB, s string) scim.Value {
	tb.Helper()
	v, err := scim.ParseJSON([]byte(s))
	if err != nil {
		tb.Fatalf("%s: %v", s, err)
	}
	return v
}

// user completes the attributes of a vector to a canonical user, or T.
func user(tb testing.TB, t *schema.ResourceType, attributes scim.Value) scim.Value {
	tb.Helper()
	members := attributes.Members()
	for _, attr := range t.Core.Attributes.All() {
		if attr.Required && attr.Mutability == schema.ReadWrite && t.Common().Find(attr.Name) == nil {
			members = append([]scim.Member{{Name: attr.Name, Value: scim.Text("ann")}}, members...)
		}
	}
	doc, err := t.Normalize(scim.Map(members...), schema.Rules{})
	if err != nil {
		tb.Fatalf("%s: %v", attributes.JSON(), err)
	}
	return doc
}

func message(operations scim.Value) scim.Value {
	return scim.Map(scim.Member{Name: "schemas", Value: scim.Texts(Message)},
		scim.Member{Name: "Operations", Value: operations})
}

// patched applies a message as a request does.
func patched(t *schema.ResourceType, doc, body scim.Value, o Options) (scim.Value, error) {
	ops, err := Parse(body, nil)
	if err != nil {
		return doc, err
	}
	return Apply(t, doc, ops, o)
}

// TestVectors runs every vector of testdata. The result is the expected one and in canonical form, the
// original document is unchanged, and errors have the expected scimType.
func TestVectors(t *testing.T) {
	runVectors(t, userType(t), "testdata/*.json")
}

// TestCharacteristics runs vectors on a type with kinds of attributes that a User lacks: immutable
// attributes, required sub-attributes, several simple values.
func TestCharacteristics(t *testing.T) {
	r, err := schema.Load(os.DirFS("../schema/testdata"))
	if err != nil {
		t.Fatal(err)
	}
	typ := r.Type("T")
	runVectors(t, typ, "testdata/t/*.json")
	for operations, valid := range map[string]bool{ // P-3.5.2-31, S-7-6: the final state decides
		`[{"op":"add","path":"cplxMust.other","value":"o"}]`:                                                 false,
		`[{"op":"add","path":"cplxMust.other","value":"o"},{"op":"add","path":"cplxMust.need","value":"n"}]`: true,
	} {
		_, err := patched(typ, user(t, typ, scim.Map()), message(parse(t, operations)), Options{})
		var e *scim.Error
		if valid != (err == nil) || err != nil && (!errors.As(err, &e) || e.Type != scim.TypeInvalidValue) {
			t.Errorf("%s: %v", operations, err)
		}
	}
}

func runVectors(t *testing.T, typ *schema.ResourceType, pattern string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range parse(t, string(data)).Items() {
			t.Run(filepath.Base(file)+"/"+v.Get("rule").Text(), func(t *testing.T) { check(t, typ, v) })
		}
	}
}

func check(t *testing.T, typ *schema.ResourceType, v scim.Value) {
	source := user(t, typ, v.Get("source"))
	before := source.JSON()
	got, err := patched(typ, source, message(v.Get("operations")), Options{})
	if source.JSON() != before {
		t.Errorf("the source became %s", source.JSON())
	}
	if want := v.Get("error").Text(); want != "" {
		var e *scim.Error
		if !errors.As(err, &e) || string(e.Type) != want || !strings.HasPrefix(e.Detail, "operation ") {
			t.Errorf("%v, %v; want %s", got.JSON(), err, want)
		}
		return
	}
	want := user(t, typ, v.Get("target")).JSON()
	if err != nil || got.JSON() != want {
		t.Errorf("got  %s, %v\nwant %s", got.JSON(), err, want)
	}
}

func TestFrame(t *testing.T) { // P-3.5.2-2, P-3.5.2-3, P-3.1-3
	for _, body := range []string{
		`[]`, `{}`,
		`{"Operations":[{"op":"add","path":"title","value":"x"}]}`,
		`{"schemas":["urn:x"],"Operations":[{"op":"add","path":"title","value":"x"}]}`,
		`{"schemas":["` + Message + `"]}`,
		`{"schemas":["` + Message + `"],"Operations":[]}`,
		`{"schemas":["` + Message + `"],"Operations":{"op":"remove","path":"title"}}`,
		`{"schemas":["` + Message + `"],"Operations":["remove"]}`,
		`{"schemas":["` + Message + `"],"Operations":[` +
			strings.Repeat(`{"op":"remove","path":"title"},`, maxOperations) + `{"op":"remove","path":"title"}]}`,
	} {
		err := CheckLength(parse(t, body))
		if err == nil {
			_, err = Parse(parse(t, body), nil)
		}
		var e *scim.Error
		if !errors.As(err, &e) || e.Type != scim.TypeInvalidSyntax {
			t.Errorf("%.80s: %v", body, err)
		}
	}
	ops, err := Parse(parse(t, `{"SCHEMAS":["`+strings.ToUpper(Message)+`"],"operations":[{"VALUE":"x",`+
		`"Path":"title","OP":"REPLACE"}]}`), nil) // P-3.5.2-5, S-2.3.8-1
	if err != nil || ops[0].Op != Replace || ops[0].Value.Text() != "x" {
		t.Errorf("%+v, %v", ops, err)
	}
}

func FuzzApply(f *testing.F) {
	typ := userType(f)
	doc := user(f, typ, parse(f, benchDoc))
	f.Add(`[{"op":"replace","path":"emails[type eq \"work\"].value","value":"x"},` +
		`{"op":"add","value":{"name":{"givenName":"a"}}}]`)
	f.Add(`[{"op":"remove","path":"emails[not (value pr) or primary eq true]"}]`)
	f.Fuzz(func(t *testing.T, operations string) {
		v, err := scim.ParseJSON([]byte(operations))
		if err != nil {
			return
		}
		before := doc.JSON()
		got, err := patched(typ, doc, message(v), Options{})
		if doc.JSON() != before {
			t.Error("the source was modified")
		}
		if err != nil {
			return
		}
		again, err := typ.Normalize(got, schema.Rules{RequireSchemas: true})
		if err != nil || again.JSON() != got.JSON() {
			t.Errorf("the result %s is not canonical: %s, %v", got.JSON(), again.JSON(), err)
		}
	})
}

const benchDoc = `{"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","active":true,
 "displayName":"Barbara Jensen","title":"Tour Guide",
"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara","middleName":"Jane",
 "honorificPrefix":"Ms.","honorificSuffix":"III"},
"emails":[{"value":"barbara.jensen@example.com","type":"work","primary":true},{"value":"babs@jensen.org",
 "type":"home"}],
"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"},{"value":"tel:+1-201-555-0124","type":"mobile"}],
"addresses":[{"type":"work","streetAddress":"100 Universal City Plaza","locality":"Hollywood","region":"CA",
 "postalCode":"91608","country":"US","primary":true}],
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984","costCenter":"4130",
 "organization":"Universal Studios","division":"Theme Park","department":"Tour Operations","manager":
 {"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}`

func BenchmarkApply(b *testing.B) {
	typ := userType(b)
	doc := user(b, typ, parse(b, benchDoc))
	ops, err := Parse(message(parse(b, `[{"op":"replace","path":"emails[type eq \"work\"].value",`+
		`"value":"new@example.com"},{"op":"replace","path":"title","value":"Director"}]`)), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Apply(typ, doc, ops, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The cost of a message is limited: the values of an attribute, and the values that are compared
// (P-7-1).
func TestBounds(t *testing.T) {
	typ := userType(t)
	roles := func(n, from int) string {
		items := make([]string, n)
		for i := range items {
			items[i] = fmt.Sprintf(`{"value":"%d"}`, from+i)
		}
		return `{"op":"add","path":"roles","value":[` + strings.Join(items, ",") + `]}`
	}
	for name, operations := range map[string]string{
		"values at once":  roles(schema.MaxValues+1, 0),
		"values in steps": roles(600, 0) + "," + roles(600, 600),
	} {
		_, err := patched(typ, user(t, typ, scim.Map()), message(parse(t, "["+operations+"]")), Options{})
		var e *scim.Error
		if !errors.As(err, &e) || e.Type != scim.TypeInvalidValue {
			t.Errorf("%s: %v", name, err)
		}
	}
}
