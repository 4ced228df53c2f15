package scim

import (
	"errors"
	"strings"
	"testing"
)

func TestParseJSONRoundTrip(t *testing.T) { // P-3.8-1, S-2.3.3-1, S-2.3.4-1
	for _, s := range []string{
		`{"a":[1,-0.10,1e3,9007199254740993,true,false,null,"x",{}],"b":[]}`,
		`"é漢😀\"\\\u0001"`,
		`{"USERNAME":"a","username2":"b"}`,
		strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth),
	} {
		v, err := ParseJSON([]byte(s))
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		if got := v.JSON(); got != s || v.Len() != len(got) {
			t.Errorf("got %s of length %d, want %s", got, v.Len(), s)
		}
	}
}

func TestParseJSONEscapes(t *testing.T) {
	v, err := ParseJSON([]byte(`"\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\"`))
	if want := "é😀/\b\f\n\r\t\"\\"; err != nil || v.Text() != want {
		t.Errorf("got %q, %v; want %q", v.Text(), err, want)
	}
}

func TestParseJSONRejects(t *testing.T) { // P-3.3-10, P-3.8-9, S-2.1-2, P-7-1
	wide := `{"n0":0`
	for i := 1; i < 40; i++ {
		wide += `,"n` + strings.Repeat("x", i) + `":0`
	}
	for name, s := range map[string]string{
		"empty":                    "",
		"blank":                    " \n",
		"open object":              `{`,
		"no name":                  `{1:2}`,
		"no colon":                 `{"a" 1}`,
		"no comma":                 `[1 2]`,
		"trailing comma":           `[1,]`,
		"trailing comma in object": `{"a":1,}`,
		"text behind":              `{} {}`,
		"word":                     `tru`,
		"bare word":                `bob`,
		"leading zero":             `01`,
		"no digits":                `-`,
		"no fraction":              `1.`,
		"no exponent":              `1e+`,
		"plus":                     `+1`,
		"open string":              `"abc`,
		"open escape":              `"abc\`,
		"unknown escape":           `"\x41"`,
		"short escape":             `"\u12"`,
		"signed escape":            `"\u+123"`,
		"lone high surrogate":      `"\ud83d"`,
		"lone low surrogate":       `"\ude00"`,
		"wrong pair":               `"\ud83d\u0041"`,
		"raw control character":    "\"a\nb\"",
		"control behind escape":    "\"\\n\x01\"",
		"invalid UTF-8":            "\"\xff\"",
		"name twice":               `{"a":1,"a":2}`,
		"name twice in other case": `{"userName":"a","USERNAME":"b"}`,
		"name twice in wide":       wide + `,"NX":1}`,
		"33 levels":                strings.Repeat("[", 33) + strings.Repeat("]", 33),
		"33 levels of objects":     strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33),
		"10000 levels":             strings.Repeat("[", 10000),
	} {
		_, err := ParseJSON([]byte(s))
		var e *Error
		if !errors.As(err, &e) || e.Type != TypeInvalidSyntax || e.Status != 400 {
			t.Errorf("%s: error %v, want invalidSyntax", name, err)
		}
	}
}

func TestEqualName(t *testing.T) {
	if !EqualName("userName", "USERNAME") || EqualName("k", "\u212a") || EqualName("s", "ſ") || EqualName("a", "ab") {
		t.Error("names are compared with other than ASCII case")
	}
	if FoldName("UserName") != "username" || FoldName("É") != "É" {
		t.Error("FoldName folds other than ASCII letters")
	}
}

func TestErrorValue(t *testing.T) { // P-3.12-2, P-3.12-3, P-3.12-4
	got := InvalidPath("why").WithCause(errors.New("secret")).Value().JSON()
	want := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400",` +
		`"scimType":"invalidPath","detail":"why"}`
	if got != want {
		t.Errorf("got %s", got)
	}
	if got := NotFound("x").Value().Find("SCIMTYPE"); got.Kind() != Null {
		t.Errorf("404 has a scimType %v", got)
	}
}

// A value that is read is written as the same value, and no input makes the reader hang or panic.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,-0.5e3,"\u00e9\ud83d\ude00",null,true],"B":{}}`, `"\`, `[[[[`, `{"a":1,"A":2}`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := ParseJSON(data)
		if err != nil {
			return
		}
		again, err := ParseJSON(v.AppendJSON(nil))
		if err != nil || again.JSON() != v.JSON() || v.Len() != len(v.JSON()) {
			t.Errorf("%q is written as %q: %v", data, v.JSON(), err)
		}
	})
}
