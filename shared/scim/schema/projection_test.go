package schema

import (
	"bufio"
	"bytes"
	"os"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/scim"
)

const (
	coreT = "urn:example:params:scim:schemas:test:2.0:T"
	extX  = "urn:example:params:scim:schemas:test:2.0:X"
	extY  = "urn:example:params:scim:schemas:test:2.0:Y"
)

// testType returns a resource type of testdata: T, or R, which requires X.
func testType(t testing.TB, name string) *ResourceType {
	t.Helper()
	r, err := Load(os.DirFS("testdata"))
	if err != nil {
		t.Fatal(err)
	}
	return r.Type(name)
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestProject runs testdata/projection.txt, whose comments name the requirements.
func TestProject(t *testing.T) {
	typ := testType(t, "T")
	doc := parse(t, string(read(t, "testdata/t.json")))
	lines := bufio.NewScanner(bytes.NewReader(read(t, "testdata/projection.txt")))
	for lines.Scan() {
		text, want, found := strings.Cut(lines.Text(), " => ")
		if !found || strings.HasPrefix(text, "#") {
			continue
		}
		columns := strings.Split(long(text)+" |", "|")
		selection := Selection{Attributes: []string{columns[0]}, Excluded: []string{columns[1]}}
		for _, name := range nameList(columns[2:3]) {
			n, ok := typ.ResolveName(name)
			if !ok {
				t.Fatalf("%s: no attribute %s", text, name)
			}
			selection.Sent = append(selection.Sent, n)
		}
		p, err := typ.Project(selection)
		if err != nil {
			t.Fatal(err)
		}
		if got := outline(p.Apply(doc)); !sameWords(got, want) {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// long writes out the abbreviated URNs.
func long(text string) string {
	words := strings.Fields(strings.NewReplacer(",", " , ", "|", " | ", ":", " : ").Replace(text))
	for i, word := range words {
		switch word {
		case "T":
			words[i] = coreT
		case "X":
			words[i] = extX
		case "Y":
			words[i] = extY
		}
	}
	return strings.ReplaceAll(strings.Join(words, " "), " : ", ":")
}

// outline lists members, those of members in parentheses; elements are divided
// by bars.
func outline(v scim.Value) string {
	var words []string
	for _, m := range v.Members() {
		name := strings.TrimPrefix(m.Name, "urn:example:params:scim:schemas:test:2.0:")
		var inner []string
		for _, item := range append(m.Value.Items(), m.Value) {
			if s := outline(item); s != "" {
				inner = append(inner, s)
			}
		}
		if len(inner) > 0 {
			name += "(" + strings.Join(inner, "|") + ")"
		}
		words = append(words, name)
	}
	return strings.Join(words, " ")
}

// sameWords compares top-level members in any order.
func sameWords(x, y string) bool {
	sorted := func(s string) []string {
		depth := 0
		list := strings.FieldsFunc(s, func(c rune) bool {
			switch c {
			case '(':
				depth++
			case ')':
				depth--
			}
			return c == ' ' && depth == 0
		})
		slices.Sort(list)
		return list
	}
	return slices.Equal(sorted(x), sorted(y))
}

func TestProjectRefusesBoth(t *testing.T) { // P-3.9-6
	_, err := userType(t).Project(Selection{Attributes: []string{"userName"}, Excluded: []string{"emails"}})
	rejected(t, err, scim.TypeInvalidValue, "mutually exclusive")
}

func TestProjectChangesNothingNeedlessly(t *testing.T) { // P-3.9-1
	p, err := userType(t).Project(Selection{})
	if err != nil {
		t.Fatal(err)
	}
	doc := parse(t, benchUser)
	if allocations := testing.AllocsPerRun(10, func() { doc = p.Apply(doc) }); allocations > 0 {
		t.Errorf("%v allocations", allocations)
	}
	if doc.JSON() != parse(t, benchUser).JSON() {
		t.Errorf("changed to %s", doc.JSON())
	}
	secret := p.Apply(parse(t, `{"userName":"a","password":"p","groups":[{"value":"g"}]}`)) // S-4.1.1-10
	if secret.JSON() != `{"userName":"a","groups":[{"value":"g"}]}` {
		t.Error(secret.JSON())
	}
}

// Keeps reports for every attribute whether Apply keeps it.
func TestKeeps(t *testing.T) {
	typ := userType(t)
	doc := parse(t, benchUser)
	for _, s := range []Selection{
		{},
		{Attributes: []string{"userName,emails.value"}},
		{Excluded: []string{"emails"}},
		{Excluded: []string{"emails.value,id"}},
		{Attributes: []string{"groups"}}, {Excluded: []string{scim.EnterpriseUserSchema}},
		{Attributes: []string{"nope"}},
	} {
		p, err := typ.Project(s)
		if err != nil {
			t.Fatal(err)
		}
		kept := p.Apply(doc)
		for _, attr := range typ.Core.Attributes.All() {
			if v := doc.Get(attr.Name); !v.IsEmpty() && p.Keeps(attr.Name) == kept.Get(attr.Name).IsEmpty() {
				t.Errorf("%+v: Keeps(%s) is %t, but of %s %s is left",
					s, attr.Name, p.Keeps(attr.Name), v.JSON(), kept.Get(attr.Name).JSON())
			}
		}
	}
}

func TestSent(t *testing.T) { // S-7-18
	typ := testType(t, "T")
	for in, want := range map[string]string{
		`{"req":"a","def":"b"}`:                "req",
		`{"REQ":"a"}`:                          "req",
		`{"def":"b","req":""}`:                 "",
		`{"cplx":{"c":"1","b":"2"}}`:           "c",
		`{"cplxAlw":{"c":"1"},"cplxReq":{}}`:   "c",
		`{"cplxReq":{"b":"1"}}`:                "cplxReq",
		`{"` + extX + `":{"req":"1","def":1}}`: "req",
	} {
		var names []string
		for _, n := range typ.Sent(parse(t, in)) {
			names = append(names, n.Leaf().Name)
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s: %v, want %s", in, names, want)
		}
	}
	if sent := userType(t).Sent(parse(t, benchUser)); sent != nil {
		t.Error(sent)
	}
}
