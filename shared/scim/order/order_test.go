package order

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

func typeT(tb testing.TB) *schema.ResourceType {
	tb.Helper()
	registry, err := schema.Load(os.DirFS("../schema/testdata"))
	if err != nil {
		tb.Fatal(err)
	}
	return registry.Type("T")
}

func standard(tb testing.TB) *schema.Registry {
	tb.Helper()
	registry, err := schema.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	return registry
}

func parse(tb testing.TB, sortBy, sortOrder string, types ...*schema.ResourceType) *Order {
	tb.Helper()
	o, err := Parse(sortBy, sortOrder, types...)
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

// sorted sorts documents, whose ids are 1, 2, ..., and returns the ids.
func sorted(tb testing.TB, o *Order, typ *schema.ResourceType, docs ...string) string {
	tb.Helper()
	var entries []Entry
	for i, doc := range docs {
		v, err := scim.ParseJSON([]byte(doc))
		if err != nil {
			tb.Fatalf("%s: %v", doc, err)
		}
		entries = append(entries, Entry{o.Key(typ, v), scim.ID(strconv.Itoa(i + 1))})
	}
	slices.SortFunc(entries, o.Compare)
	var ids strings.Builder
	for _, e := range entries {
		ids.WriteString(string(e.ID))
	}
	return ids.String()
}

// TestOrder sorts documents in both orders; equal ones stay in the order of ids.
func TestOrder(t *testing.T) { // P-3.4.2.3-7
	const ext = "urn:example:params:scim:schemas:test:2.0:X"
	typ := typeT(t)
	for _, c := range []struct {
		by, ascending, descending string
		docs                      []string
	}{
		// P-3.4.2.3-2, P-3.4.2.3-8
		{"def", "213", "312", []string{`{"def":"B"}`, `{"def":"a"}`, `{"def":"c"}`}},
		// P-3.4.2.3-8
		{"def", "213", "312", []string{`{"def":"Straßf"}`, `{"def":"STRASSE"}`, `{"def":"straßg"}`}},
		// P-3.4.2.3-8: no locale
		{"def", "312", "213", []string{`{"def":"É"}`, `{"def":"ê"}`, `{"def":"z"}`}},
		// P-3.4.2.3-9
		{"exact", "213", "312", []string{`{"exact":"a"}`, `{"exact":"B"}`, `{"exact":"b"}`}},
		// P-3.4.2.3-10
		{"int", "4132", "2314", []string{`{"int":9}`, `{"int":100}`, `{"int":10}`, `{"int":-1}`}},
		// P-3.4.2.3-10, P-3.4.2.3-11
		{"dec", "3124", "4123", []string{`{"dec":0.5}`, `{"dec":5e-1}`, `{"dec":-0.6}`, `{"dec":0.51}`}},
		{ // P-3.4.2.3-10
			"when", "213", "312",
			[]string{
				`{"when":"2020-01-01T00:30:00+01:00"}`, `{"when":"2019-12-31T23:29:59.999Z"}`,
				`{"when":"2019-12-31T23:30:00.5Z"}`,
			},
		},
		{"when", "21", "12", []string{`{"when":"0001-01-01T00:00:00Z"}`, `{"when":"0000-01-01T00:00:00Z"}`}},
		// P-3.4.2.3-10; missing is not false
		{"bool", "213", "312", []string{`{"bool":true}`, `{"bool":false}`, `{}`}},
		// as text: "YQ" < "Yg"
		{"bin", "21", "12", []string{`{"bin":"Yg=="}`, `{"bin":"YQ=="}`}},
		// P-3.4.2.3-5
		{"def", "2134", "3412", []string{`{"def":"b"}`, `{"def":"a"}`, `{}`, `{"def":""}`}},
		// P-3.4.2.3-13
		{"DEF", "21", "12", []string{`{"def":"b"}`, `{"def":"a"}`}},
		// P-3.4.2.3-3: the first
		{"strs", "213", "312", []string{`{"strs":["b","a"]}`, `{"strs":["a","z"]}`, `{"strs":[]}`}},
		{ // P-3.4.2.3-3
			"list", "21", "12",
			[]string{`{"list":[{"value":"a"},{"value":"z","primary":true}]}`, `{"list":[{"value":"m"}]}`},
		},
		{ // P-3.4.2.3-3
			"list.value", "12", "21",
			[]string{`{"list":[{"value":"a"},{"value":"z","primary":false}]}`, `{"list":[{"value":"m"}]}`},
		},
		// of the primary value
		{"list.n", "21", "12", []string{`{"list":[{"n":1},{"value":"z","primary":true}]}`, `{"list":[{"n":2}]}`}},
		// P-3.4.2.3-4
		{"cplx.b", "21", "12", []string{`{"cplx":{"b":"b"}}`, `{"cplx":{"b":"a"}}`}},
		{"cplx.many", "21", "12", []string{`{"cplx":{"many":["b"]}}`, `{"cplx":{"many":["a","c"]}}`}},
		{ // P-3.4.2.3-13
			ext + ":def", "213", "312",
			[]string{`{"` + ext + `":{"def":"b"},"def":"a"}`, `{"` + ext + `":{"def":"a"}}`, `{"def":"a"}`},
		},
		{ // P-3.4.2.3-13
			strings.ToUpper(ext) + ":CPLX.B", "21", "12",
			[]string{`{"` + ext + `":{"cplx":{"b":"b"}}}`, `{"` + ext + `":{"cplx":{"b":"a"}}}`},
		},
		{
			"meta.created", "21", "12",
			[]string{`{"meta":{"created":"2020-01-02T00:00:00Z"}}`, `{"meta":{"created":"2020-01-01T00:00:00Z"}}`},
		},
	} {
		if got := sorted(t, parse(t, c.by, "", typ), typ, c.docs...); got != c.ascending { // P-3.4.2.3-6
			t.Errorf("%s ascending: %s, want %s", c.by, got, c.ascending)
		}
		if got := sorted(t, parse(t, c.by, "Descending", typ), typ, c.docs...); got != c.descending {
			t.Errorf("%s descending: %s, want %s", c.by, got, c.descending)
		}
	}
}

func TestRefused(t *testing.T) { // P-3.4.2.3-4, P-3.4.2.3-7, P-3.4.2.3-12
	typ := typeT(t)
	for by, detail := range map[string]string{
		"nope": "nope", "cplx": "cplx.a", "cplx.nope": "no attribute", "nev": "never returned",
		"wo": "never returned", "secrets": "never returned",
		"cplx.d":    "never returned",
		"cplxNev.a": "never returned",
		"bare":      "complex",
		"meta":      "complex",
		"urn:example:params:scim:schemas:test:2.0:X":     "schema",
		"urn:example:params:scim:schemas:test:2.0:Z:def": "no attribute",
		`list[type eq "work"].value`:                     "no attribute", "def.": "no attribute",
		strings.Repeat("é", 4000): "no attribute",
	} {
		_, err := Parse(by, "", typ)
		refused, ok := errors.AsType[*scim.Error](err)
		if !ok || refused.Type != scim.TypeInvalidValue || !strings.Contains(refused.Detail, detail) ||
			len(refused.Detail) > 500 {
			t.Errorf("%s: %v", by, err)
		}
	}
	if _, err := Parse("def", "up", typ); err == nil {
		t.Error("up is an order")
	}
}

// In a search of several types, resources of a type without the attribute have no value of it.
func TestSeveralTypes(t *testing.T) { // P-3.4.2.1-6
	user, group := standard(t).Type("User"), standard(t).Type("Group")
	o := parse(t, "userName", "", user, group)
	v := scim.Map(scim.Member{Name: "userName", Value: scim.Text("Ann")})
	if o.Key(user, v) != "ann" || o.Key(group, v) != "" {
		t.Errorf("keys %q and %q", o.Key(user, v), o.Key(group, v))
	}
	if !parse(t, "GROUPS.display", "", user, group).By(user, "groups") || o.By(user, "groups") ||
		o.By(group, "userName") {
		t.Error("By")
	}
	if _, err := Parse("members.foo", "", user, group); err == nil {
		t.Error("no type has members.foo")
	}
}

func TestKeysAreSmall(t *testing.T) {
	typ, long := typeT(t), strings.Repeat("9", 4096)
	for _, attr := range []string{"def", "exact", "ref", "int", "dec"} {
		doc, o := fmt.Sprintf(`{"%s":"%s"}`, attr, long), parse(t, attr, "", typ)
		if attr == "int" || attr == "dec" {
			doc = fmt.Sprintf(`{"%s":-%s}`, attr, long)
		}
		v, err := scim.ParseJSON([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(o.Key(typ, v)); n > MaxKey || n < MaxKey-10 {
			t.Errorf("the key of %s has %d bytes", attr, n)
		}
	}
}

// BenchmarkSort makes the keys of 100,000 users and sorts them.
func BenchmarkSort(b *testing.B) {
	user := standard(b).Type("User")
	docs := make([]scim.Value, 100_000)
	for i := range docs {
		docs[i] = scim.Map(scim.Member{
			Name: "userName", Value: scim.Text(fmt.Sprintf("User-%d@example.com", i*7919%len(docs))),
		})
	}
	o := parse(b, "userName", "", user)
	b.ReportAllocs()
	for b.Loop() {
		entries := make([]Entry, len(docs))
		for i, v := range docs {
			entries[i] = Entry{o.Key(user, v), "2819c223-7f76-453a-919d-413861904646"}
		}
		slices.SortFunc(entries, o.Compare)
		if entries[0].Key != "user-0@example.com" {
			b.Fatal(entries[0])
		}
	}
	b.ReportMetric(float64(len(docs)*b.N)/b.Elapsed().Seconds(), "users/s")
}
