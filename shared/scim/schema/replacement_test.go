package schema

import (
	"errors"
	"strings"
	"testing"

	"scimserver/shared/scim"
)

func rejected(t *testing.T, err error, want scim.ErrorType, detail string) {
	t.Helper()
	var e *scim.Error
	if !errors.As(err, &e) || e.Type != want || !strings.Contains(e.Detail, detail) {
		t.Errorf("error %v, want %s with %q", err, want, detail)
	}
}

// TestKeep replaces documents of T, given without schemas and key, by others.
func TestKeep(t *testing.T) {
	typ := testType(t, "T")
	const x, y = `"` + extX + `"`, `"` + extY + `"`
	for _, tt := range []struct{ rule, old, put, want string }{
		{"P-3.5.1-5 the same value", `"imm":"a"`, `"imm":"a"`, `"imm":"a"`},
		{"P-3.5.1-5 the same by caseExact", `"imm":"a"`, `"imm":"A"`, `"imm":"a"`},
		{"P-3.5.1-5 several values in any order", `"imms":["a","b"]`, `"imms":["b","a"]`, `"imms":["a","b"]`},
		{"P-3.5.1-7 the first value", `"def":"x"`, `"imm":"a"`, `"imm":"a"`},
		{"P-3.5.1-8 left out", `"imm":"a","imms":["b"],"def":"x"`, ``, `"imm":"a","imms":["b"]`},
		{"P-3.5.1-8 null", `"imm":"a"`, `"imm":null`, `"imm":"a"`},
		{"P-3.5.1-1 readWrite", `"def":"x","strs":["a","b"]`, `"def":"y","strs":["c"]`, `"def":"y","strs":["c"]`},
		{"P-3.5.1-2 readWrite left out", `"def":"x","strs":["a"],"externalId":"e"`, ``, ``},
		{"P-3.5.1-4 null and [] clear", `"def":"x","strs":["a"]`, `"def":null,"strs":[]`, ``},
		{"P-3.5.1-9 readOnly stays", `"ro":"old"`, `"ro":"new"`, `"ro":"old"`},
		{"P-3.5.1-16 writeOnly left out", `"wo":"old"`, ``, `"wo":"old"`},
		{"P-3.5.1-1 writeOnly", `"wo":"old"`, `"wo":"new"`, `"wo":"new"`},
		{
			"immutable sub-attribute",
			`"cplx":{"b":"1","imm":"i"}`, `"cplx":{"b":"2","imm":"I"}`, `"cplx":{"b":"2","imm":"i"}`,
		},
		{
			"immutable sub-attribute left out", `"cplx":{"b":"1","imm":"i","w":"w","ro":"r"}`,
			`"cplx":{"b":"2"}`, `"cplx":{"b":"2","w":"w","imm":"i","ro":"r"}`,
		},
		{"its parent left out", `"cplx":{"b":"1","imm":"i"}`, ``, `"cplx":{"imm":"i"}`},
		{
			"P-3.5.1-19 elements come and go", `"list":[{"value":"a"},{"value":"b"}]`,
			`"list":[{"value":"b"},{"value":"c"}]`, `"list":[{"value":"b"},{"value":"c"}]`,
		},
		{
			"an element keeps what was left out", `"list":[{"value":"a","display":"A","n":1}]`,
			`"list":[{"value":"a","n":2}]`, `"list":[{"value":"a","display":"A","n":2}]`,
		},
		{
			"but is exchanged for another", `"list":[{"value":"a","display":"A"}]`,
			`"list":[{"value":"a","display":"B"}]`, `"list":[{"value":"a","display":"B"}]`,
		},
		{"by value and type", `"list":[{"value":"a","type":"work","display":"W"},` +
			`{"value":"a","type":"home","display":"H"}]`, `"list":[{"value":"a","type":"home"}]`,
			`"list":[{"value":"a","display":"H","type":"home"}]`},
		{"P-3.5.1-17 an extension left out", y + `:{"note":"n"}`, ``, ``},
		{
			"S-7-13 but for what is immutable", x + `:{"must":"m","imm":"i"}`, x + `:{"must":"n"}`,
			x + `:{"imm":"i","must":"n"}`,
		},
	} {
		doc, err := typ.Normalize(tDoc(t, tt.put), Rules{})
		if err == nil {
			doc, err = typ.CompleteReplacement(tDoc(t, tt.old), doc)
		}
		if err != nil || doc.Without("schemas").JSON() != tDoc(t, tt.want).Without("schemas").JSON() {
			t.Errorf("%s:\n got %s, %v\nwant %s", tt.rule, doc.JSON(), err, tt.want)
		}
	}
}

// tDoc parses members of a document of T.
func tDoc(t *testing.T, members string) scim.Value {
	t.Helper()
	if members != "" {
		members = "," + members
	}
	return parse(t, `{"schemas":["`+coreT+`"],"key":"k"`+members+`}`)
}

func TestKeepRefuses(t *testing.T) { // P-3.5.1-5, P-3.5.1-6, S-7-13
	typ := testType(t, "T")
	for _, tt := range []struct{ old, put, detail string }{
		{`"imm":"a"`, `"imm":"b"`, "imm is immutable"},
		{`"immExact":"a"`, `"immExact":"A"`, "immExact is immutable"},
		{`"imms":["a","b"]`, `"imms":["a"]`, "imms is immutable"},
		{`"imms":["a"]`, `"imms":["a","b"]`, "imms is immutable"},
		{`"imms":["a"]`, `"imms":["b"]`, "imms is immutable"},
		{`"cplx":{"imm":"a"}`, `"cplx":{"imm":"b"}`, "cplx.imm is immutable"},
		{`"` + extX + `":{"imm":"a"}`, `"` + extX + `":{"imm":"b","must":"m"}`, extX + ":imm is immutable"},
	} {
		doc, err := typ.Normalize(tDoc(t, tt.put), Rules{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = typ.CompleteReplacement(tDoc(t, tt.old), doc)
		rejected(t, err, scim.TypeMutability, tt.detail)
	}
}

func TestRequiredExtension(t *testing.T) { // S-6-5, S-6-6
	r := testType(t, "R")
	const with = `"` + extX + `":{"must":"m"}`
	_, err := r.Normalize(tDoc(t, ``), Rules{RequireSchemas: true})
	rejected(t, err, scim.TypeInvalidValue, "extension "+extX+" is required")
	_, err = r.Normalize(tDoc(t, `"`+extX+`":{}`), Rules{RequireSchemas: true})
	rejected(t, err, scim.TypeInvalidValue, "is required")
	_, err = r.Normalize(tDoc(t, `"`+extX+`":{"def":"d"}`), Rules{RequireSchemas: true})
	rejected(t, err, scim.TypeInvalidValue, extX+":must is required")
	if _, err = r.Normalize(tDoc(t, with), Rules{RequireSchemas: true}); err != nil {
		t.Error(err)
	}
	if _, err = testType(t, "T").Normalize(tDoc(t, ``), Rules{RequireSchemas: true}); err != nil {
		t.Error(err)
	}
}
