package filter

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// vectors are the contents of a file of documents and filters.
type vectors struct {
	typ  *schema.ResourceType
	ids  []string
	docs []scim.Value
}

func testType(tb testing.TB, name string) *schema.ResourceType {
	tb.Helper()
	if name == "User" {
		return userType(tb)
	}
	r, err := schema.Load(os.DirFS("../schema/testdata"))
	if err != nil {
		tb.Fatal(err)
	}
	return r.Type(name)
}

// TestMatch runs testdata/match, whose comments name the requirements.
func TestMatch(t *testing.T) {
	files, err := filepath.Glob("testdata/match/*.txt")
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) { runVectors(t, file) })
	}
}

func runVectors(t *testing.T, file string) {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var v vectors
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		switch word, rest, _ := strings.Cut(line, " "); {
		case line == "" || word == "#":
		case word == "type":
			v.typ = testType(t, rest)
		case word == "doc":
			v.add(t, rest)
		default:
			v.check(t, line)
		}
	}
}

func (v *vectors) add(t *testing.T, line string) {
	id, text, _ := strings.Cut(line, " ")
	doc, err := scim.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	v.ids, v.docs = append(v.ids, id), append(v.docs, doc)
}

func (v *vectors) check(t *testing.T, line string) {
	text, want, found := strings.Cut(line, " =>")
	e, err := Parse(text)
	if err != nil || !found {
		t.Fatalf("%s: %v", line, err)
	}
	want = strings.TrimSpace(want)
	detail, refused := strings.CutPrefix(want, "! ")
	m, err := Compile(e, v.typ, Options{})
	switch {
	case refused:
		wantRefusal(t, text, err, detail)
	case err != nil:
		t.Errorf("%s: %v", text, err)
	default:
		if got := strings.Join(v.matches(m), " "); got != want {
			t.Errorf("%s matches %q, want %q", text, got, want)
		}
	}
}

// matches evaluates a filter without a budget.
func matches(m *Matcher, v scim.Value) bool {
	ok, err := m.Match(v, NewEvaluation(nil))
	return ok && err == nil
}

func (v *vectors) matches(m *Matcher) (ids []string) {
	for i, doc := range v.docs {
		if matches(m, doc) {
			ids = append(ids, v.ids[i])
		}
	}
	return ids
}

func wantRefusal(t *testing.T, text string, err error, detail string) {
	t.Helper()
	var e *scim.Error
	if !errors.As(err, &e) || e.Type != scim.TypeInvalidFilter || !strings.Contains(e.Detail, detail) {
		t.Errorf("%s: %v, want invalidFilter with %q", text, err, detail)
	}
}

// TestTruthTables compares "and", "or" and "not" with those of Go, for all combinations
// (P-3.4.2.2-17) and all precedences (P-3.4.2.2-19, P-3.4.2.2-20).
func TestTruthTables(t *testing.T) {
	for text, want := range map[string]func(a, b, c bool) bool{
		"A and B":                       func(a, b, c bool) bool { return a && b },
		"A or B":                        func(a, b, c bool) bool { return a || b },
		"not (A)":                       func(a, b, c bool) bool { return !a },
		"A or B and C":                  func(a, b, c bool) bool { return a || b && c },
		"A and B or C":                  func(a, b, c bool) bool { return a && b || c },
		"(A or B) and C":                func(a, b, c bool) bool { return (a || b) && c },
		"not (A) and B":                 func(a, b, c bool) bool { return !a && b },
		"not (A and B) or C":            func(a, b, c bool) bool { return !(a && b) || c },
		"not (A or not (B and (C)))":    func(a, b, c bool) bool { return !(a || !(b && c)) },
		"((((A or B)))) and not(C)":     func(a, b, c bool) bool { return (a || b) && !c },
		"A and B and C or A and B":      func(a, b, c bool) bool { return a && b },
		"(A or B) and (B or C)":         func(a, b, c bool) bool { return (a || b) && (b || c) },
		"A or (B or C) and not (A)":     func(a, b, c bool) bool { return a || b || c },
		"not (not (not (A))) or B":      func(a, b, c bool) bool { return !a || b },
		"A and (B or C) and not (C)":    func(a, b, c bool) bool { return a && b && !c },
		"A and not (B) or B and not(A)": func(a, b, c bool) bool { return a != b },
	} {
		attributes := strings.NewReplacer("A", `key eq "1"`, "B", `def eq "1"`, "C", `exact eq "1"`)
		m := compiled(t, testType(t, "T"), attributes.Replace(text))
		for n := range 8 {
			a, b, c := n&1 == 1, n&2 == 2, n&4 == 4
			doc := fmt.Sprintf(`{"key":"%d","def":"%d","exact":"%d"}`, n&1, n>>1&1, n>>2&1)
			v, err := scim.ParseJSON([]byte(doc))
			if err != nil || matches(m, v) != want(a, b, c) {
				t.Errorf("%s with %v %v %v: %v, %v", text, a, b, c, matches(m, v), err)
			}
		}
	}
}

func compiled(tb testing.TB, typ *schema.ResourceType, text string) *Matcher {
	tb.Helper()
	e, err := Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	m, err := Compile(e, typ, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// TestCompileRefusesWithin: errors are found on both sides of "and" and "or", and below "not".
func TestCompileRefusesWithin(t *testing.T) {
	for _, text := range []string{
		"foo pr and id pr", "id pr and foo pr", "foo pr or id pr", "id pr or foo pr", "not (foo pr)",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Compile(e, userType(t), Options{})
		wantRefusal(t, text, err, "no attribute foo")
	}
}

func TestUnknownIsAbsent(t *testing.T) { // P-3.4.2.2-40, P-3.4.2.1-5
	for text, want := range map[string]bool{
		`foo eq "x"`:         false,
		`foo ne "x"`:         true,
		`foo pr`:             false,
		`foo eq null`:        true,
		`foo ne null`:        false,
		`foo[bar eq "x"]`:    false,
		`not (foo gt 1)`:     true,
		`urn:x:foo.bar gt 1`: false,
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		m, err := Compile(e, userType(t), Options{UnknownIsAbsent: true})
		if err != nil || matches(m, scim.Map()) != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

func TestCompileElement(t *testing.T) {
	emails := userType(t).Core.Attributes.Find("emails")
	e, err := Parse(`type eq "work" and value ew "@X.org"`)
	if err != nil {
		t.Fatal(err)
	}
	m, err := CompileElement(e, emails)
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]bool{
		`{"type":"work","value":"a@x.org"}`: true,
		`{"type":"home","value":"a@x.org"}`: false,
		`{"value":"a@x.org"}`:               false,
		`"a@x.org"`:                         false,
	} {
		v, err := scim.ParseJSON([]byte(in))
		if err != nil || matches(m, v) != want {
			t.Errorf("%s: %v, %v", in, matches(m, v), err)
		}
	}
}

// FuzzCompile looks for filters and documents that make the matcher panic, and
// for a filter that agrees with its own negation.
func FuzzCompile(f *testing.F) {
	f.Add(`list[n gt 1e5 and primary eq false] or dec lt -0.0 and when ge "2020-01-01T00:00:00Z"`,
		`{"list":[{"n":1}],"dec":1e9}`)
	f.Add(`strs[value co "é"] or bin eq "AA=="`, `{"strs":["É",1],"bin":5}`)
	typ := testType(f, "T")
	f.Fuzz(func(t *testing.T, text, doc string) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		v, err := scim.ParseJSON([]byte(doc))
		if err != nil {
			return
		}
		for _, o := range []Options{{}, {UnknownIsAbsent: true}} {
			m, err := Compile(e, typ, o)
			if err != nil {
				continue
			}
			if not, err := Compile(&Not{e}, typ, o); err != nil || matches(not, v) == matches(m, v) {
				t.Errorf("%s and its negation agree on %s: %v", text, doc, err)
			}
		}
	})
}

// stored is a user as the directory stores it, 1.2 KB.
const stored = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
	`"id":"2819c223-7f76-453a-919d-413861904646","externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",` +
	`"userName":"barbara.jensen@example.com","name":{"formatted":"Ms. Barbara J Jensen, III",` +
	`"familyName":"Jensen","givenName":"Barbara","middleName":"Jane","honorificPrefix":"Ms."},` +
	`"displayName":"Barbara Jensen","title":"Tour Guide","preferredLanguage":"en-US",` +
	`"locale":"en-US","timezone":"America/Los_Angeles","active":true,` +
	`"emails":[{"value":"barbara.jensen@example.com","type":"work","primary":true},` +
	`{"value":"babs@jensen.org","type":"home"}],` +
	`"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"},` +
	`{"value":"tel:+1-201-555-0124","type":"mobile"}],` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984",` +
	`"costCenter":"4130","organization":"Universal Studios","division":"Theme Park",` +
	`"department":"Tour Operations","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}},"meta":` +
	`{"resourceType":"User","created":"2020-01-23T04:56:22.000Z","lastModified":"2021-05-13T04:42:34.000Z",` +
	`"location":"https://example.com/scim/v2/Users/2819c223-7f76-453a-919d-413861904646","version":"W/\"3\""}}`

const benchFilter = `userType ne "Intern" and emails[type eq "work" and value co "@example.com"] ` +
	`and meta.lastModified gt "2020-01-01T00:00:00Z"`

func BenchmarkMatchStored(b *testing.B) {
	m := compiled(b, userType(b), benchFilter)
	b.SetBytes(int64(len(stored)))
	b.ReportAllocs()
	for b.Loop() {
		v, err := scim.ParseJSON([]byte(stored))
		if err != nil || !matches(m, v) {
			b.Fatal(err)
		}
	}
}

func BenchmarkMatchOnly(b *testing.B) {
	m := compiled(b, userType(b), benchFilter)
	v, err := scim.ParseJSON([]byte(stored))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if !matches(m, v) {
			b.Fatal("no match")
		}
	}
}
