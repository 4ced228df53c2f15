package schema

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"scimserver/shared/scim"
)

// TestTypes normalizes documents of T, given without schemas and key.
func TestTypes(t *testing.T) {
	typ := testType(t, "T")
	for _, tt := range []struct{ rule, in, want string }{
		{"S-2.3.3-1 decimals keep their text", `"dec":1.10`, `"dec":1.10`},
		{"S-2.3.3-1 a decimal without fraction", `"dec":1`, `"dec":1`},
		{"S-2.3.4-1 integers are exact", `"int":9007199254740993`, `"int":9007199254740993`},
		{"S-2.3.5-1 dateTimes",
			`"whens":["2008-01-23T04:56:22Z","2008-01-23T04:56:22.123+01:00","2008-01-23T04:56:22"]`,
			`"whens":["2008-01-23T04:56:22Z","2008-01-23T04:56:22.123+01:00","2008-01-23T04:56:22"]`},
		{"S-2.4-1 simple values in an array", `"strs":["a","b","a"],"ints":[1,2]`, `"strs":["a","b"],"ints":[1,2]`},
		{"S-7-7 canonical values, and others", `"canon":"ONE","canonExact":"ONE"`, `"canon":"One","canonExact":"ONE"`},
		{"S-7-9 case-exact values as sent", `"exact":"AbC"`, `"exact":"AbC"`},
		{
			"S-7-11 readOnly is ignored, required or not", `"ro":"x","roMust":"y","cplx":{"ro":"z","b":"1"}`,
			`"cplx":{"b":"1"}`,
		},
		{"S-7-12 S-7-13 the rest is taken", `"def":"1","imm":"2","wo":"3","nev":"4","cplx":{"imm":"5","w":"6"}`,
			`"def":"1","nev":"4","wo":"3","imm":"2","cplx":{"w":"6","imm":"5"}`},
		{"S-7-19 no check of uniqueness here", `"srv":"1","glo":"1"`, `"srv":"1","glo":"1"`},
		{
			"S-3-7 the extension's attributes are its own", `"def":"1","` + extX + `":{"def":"2","must":"m"}`,
			`"def":"1","` + extX + `":{"def":"2","must":"m"}`,
		},
	} {
		got, err := typ.Normalize(tDoc(t, tt.in), Rules{RequireSchemas: true})
		if err != nil || got.Without("schemas").JSON() != tDoc(t, tt.want).Without("schemas").JSON() {
			t.Errorf("%s:\n got %s, %v\nwant %s", tt.rule, got.JSON(), err, tt.want)
		}
	}
}

func TestTypesReject(t *testing.T) {
	typ := testType(t, "T")
	for _, tt := range []struct{ rule, in, detail string }{
		{"S-2.3.2-1", `"bool":"true"`, "bool must be a boolean"},
		{"S-2.3.2-1", `"bool":1`, "bool must be a boolean"},
		{"S-2.3.3-1", `"dec":"1.5"`, "dec must be a decimal"},
		{"S-2.3.4-1", `"int":1.5`, "int must be an integer"},
		{"S-2.3.4-1", `"int":1.0`, "int must be an integer"},
		{"S-2.3.4-1", `"int":1e3`, "int must be an integer"},
		{"S-2.3.4-1", `"int":"5"`, "int must be an integer"},
		{"S-2.3.5-1", `"when":"2008-01-23"`, "when must be a dateTime"},
		{"S-2.3.5-1", `"when":"04:56:22"`, "when must be a dateTime"},
		{"S-2.3.5-1", `"when":"2008-13-01T00:00:00Z"`, "when must be a dateTime"},
		{"S-2.3.5-1", `"when":"2008-01-01T25:00:00Z"`, "when must be a dateTime"},
		{"S-2.3.5-1", `"when":5`, "when must be a dateTime"},
		{"S-2.3.6-1", `"bin":"@@"`, "bin must be base64"},
		{"S-2.3.6-1", `"bin":"QUI==="`, "bin must be base64"},
		{"S-2.3.7-1", `"ref":"a b"`, "ref must be a URI"},
		{"S-2.4-1", `"strs":"a"`, "strs must be an array"},
		{"S-2.4-1", `"strs":[{"value":"a"}]`, "strs must be a string"},
		{"S-2.3.8-2", `"cplx":{"a":{"b":"c"}}`, "cplx.a must be a string"},
		{"S-7-6", `"cplxMust":{"other":"x"}`, "cplxMust.need is required"},
		{"S-6-5", `"` + extX + `":{"def":"x"}`, extX + ":must is required"},
		{
			"S-2.4-3", `"bare":[{"street":"a","primary":true},{"street":"b","primary":true}]`,
			"more than one value with primary",
		},
	} {
		_, err := typ.Normalize(tDoc(t, tt.in), Rules{RequireSchemas: true})
		t.Run(tt.rule, func(t *testing.T) { rejected(t, err, scim.TypeInvalidValue, tt.detail) })
	}
}

func TestLoadWarns(t *testing.T) { // S-3.3-3
	r, err := Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(r.Warnings, "resource type T: extension "+extX+" redefines def") ||
		slices.ContainsFunc(r.Warnings, func(s string) bool { return strings.Contains(s, "must") }) {
		t.Errorf("%q", r.Warnings)
	}
}

// Nested complex attributes are refused, except in the schema of schemas (S-2.3.8-2).
func TestLoadRefusesNesting(t *testing.T) {
	const nested = `"attributes":[{"name":"a","type":"complex","subAttributes":[{"name":"b","type":"complex",` +
		`"subAttributes":[{"name":"c"}]}]}]}`
	load := func(urn string) error {
		_, err := Load(fstest.MapFS{"schemas/x.json": {Data: []byte(`{"id":"` + urn + `",` + nested)}})
		return err
	}
	if err := load("urn:x"); err == nil || !strings.Contains(err.Error(), `"b" must not be complex`) {
		t.Error(err)
	}
	if err := load(scim.SchemaSchema); err != nil {
		t.Error(err)
	}
}

func TestLoadRejectsTypes(t *testing.T) {
	for _, tt := range []struct{ typ, want string }{
		{`{"schema":"urn:x"}`, "no name"},
		{`{"name":"X","schema":"urn:z"}`, `schema "urn:z" is not defined`},
		{`{"name":"X","schema":"urn:x","schemaExtensions":[{"schema":"urn:z"}]}`, `extension "urn:z" is not defined`},
		{
			`{"name":"X","schema":"urn:x","schemaExtensions":[{"schema":"urn:y"},{"schema":"URN:Y"}]}`,
			"already has schema",
		},
		{`{"name":"X","schema":"urn:x","schemaExtensions":[{"schema":"urn:x"}]}`, "already has schema"},
		{`{"name":"Other","schema":"urn:x"}`, "defined twice"},
	} {
		_, err := Load(fstest.MapFS{
			"schemas/x.json":       {Data: []byte(`{"id":"urn:x","attributes":[{"name":"a"}]}`)},
			"schemas/y.json":       {Data: []byte(`{"id":"urn:y","attributes":[{"name":"a"}]}`)},
			"resourcetypes/a.json": {Data: []byte(`{"name":"Other","schema":"urn:x"}`)},
			"resourcetypes/b.json": {Data: []byte(tt.typ)},
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.typ, err, tt.want)
		}
	}
}
