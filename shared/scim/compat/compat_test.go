package compat

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/patch"
	"scimserver/shared/scim/schema"
)

func userType(t *testing.T) *schema.ResourceType {
	t.Helper()
	r, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	return r.Type("User")
}

// resourceType returns the type of a vector: users, unless it says Group.
func resourceType(t *testing.T, r *schema.Registry, v scim.Value) *schema.ResourceType {
	t.Helper()
	if v.Get("type").Text() == "Group" {
		return r.Type("Group")
	}
	return r.Type("User")
}

// resource completes the attributes of a user or group.
func resource(t *testing.T, typ *schema.ResourceType, attributes scim.Value) scim.Value {
	t.Helper()
	if typ.Name == "User" {
		attributes = setMember(attributes, "userName", scim.Text("ann"))
	} else if attributes.Get("displayName").IsEmpty() {
		attributes = setMember(attributes, "displayName", scim.Text("staff"))
	}
	doc, err := typ.Normalize(attributes, schema.Rules{})
	if err != nil {
		t.Fatalf("%s: %v", attributes.JSON(), err)
	}
	return doc
}

// TestProviders sends the requests of providers that testdata quotes, with the repairs of the
// tolerant profiles and without. strict is the outcome under profile strict: "" for the same,
// "ignored" for another result without an error, or the scimType of the error.
func TestProviders(t *testing.T) {
	registry, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all, err := scim.ParseJSON(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, v := range all.Items() {
			t.Run(filepath.Base(file)+"/"+v.Get("name").Text(), func(t *testing.T) {
				typ := resourceType(t, registry, v)
				tolerated(t, typ, v)
				strictly(t, typ, v)
			})
		}
	}
}

func tolerated(t *testing.T, typ *schema.ResourceType, v scim.Value) {
	var r Repairs
	got, err := carryOut(t, typ, v, &r)
	if refused := v.Get("error").Text(); refused != "" {
		if err == nil || !strings.Contains(err.Error(), refused) {
			t.Errorf("got %s, %v; want an error with %q", got.JSON(), err, refused)
		}
	} else if want := resource(t, typ, v.Get("target")).JSON(); err != nil || got.JSON() != want {
		t.Errorf("got  %s, %v\nwant %s", got.JSON(), err, want)
	}
	if got, want := fmt.Sprint(r.Names()), "["+strings.Join(texts(v.Get("deviations")), " ")+"]"; got != want {
		t.Errorf("repaired %s, want %s", got, want)
	}
	if got, want := fmt.Sprint(r.Ignored()), "["+strings.Join(texts(v.Get("ignored")), " ")+"]"; got != want {
		t.Errorf("ignored %s, want %s", got, want)
	}
}

func strictly(t *testing.T, typ *schema.ResourceType, v scim.Value) {
	got, err := carryOut(t, typ, v, nil)
	switch want := v.Get("strict").Text(); want {
	case "", "ignored":
		same := got.JSON() == resource(t, typ, v.Get("target")).JSON()
		if err != nil && want == "" || err == nil && same != (want == "") {
			t.Errorf("strict: %s, %v", got.JSON(), err)
		}
	default:
		var e *scim.Error
		if !errors.As(err, &e) || string(e.Type) != want {
			t.Errorf("strict: %s, %v; want %s", got.JSON(), err, want)
		}
	}
}

// carryOut creates or patches a resource as a request would, without repairs where r
// is nil.
func carryOut(t *testing.T, typ *schema.ResourceType, v scim.Value, r *Repairs) (scim.Value, error) {
	if body := v.Get("body"); body.Kind() != scim.Null {
		if r != nil {
			body = r.Resource(typ, body)
		}
		return typ.Normalize(body, schema.Rules{RequireSchemas: true})
	}
	body := scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(patch.Message)},
		scim.Member{Name: "Operations", Value: v.Get("operations")})
	var o patch.Options
	var sent []int
	if r != nil {
		o.Element, o.SingleFilter = r.Element, r.SingleFilter
		o.SameReadOnly = func(target schema.Named, value scim.Value, add bool) (bool, error) {
			return r.SameReadOnly(value, v.Get("readOnly").Get(target.Leaf().Name), add), nil
		}
		var err error
		if body, sent, err = r.Patch(typ, body); err != nil {
			return body, err
		}
	}
	ops, err := patch.Parse(body, sent)
	if err != nil {
		return body, err
	}
	return patch.Apply(typ, resource(t, typ, v.Get("source")), ops, o)
}

func texts(v scim.Value) (list []string) {
	for _, item := range v.Items() {
		list = append(list, item.Text())
	}
	return list
}

func TestFilters(t *testing.T) { // P-3.4.2.2-26, P-3.4.2.2-33
	typ := userType(t)
	for _, tt := range []struct{ in, want, deviations string }{
		{`userName eq "a"`, `userName eq "a"`, "[]"},
		{`userName eq bjensen`, `userName eq "bjensen"`, "[bare-word]"},
		{
			`userName eq bjensen@x.org and active eq true`,
			`userName eq "bjensen@x.org" and active eq true`, "[bare-word]",
		},
		{`(meta.lastModified gt 2011-05-13T04:42:34Z)`, `meta.lastModified gt "2011-05-13T04:42:34Z"`, "[bare-word]"},
		{`title eq "eq bob"`, `title eq "eq bob"`, "[]"},
		{
			`id eq "x" and manager eq "m"`,
			`id eq "x" and ` + scim.EnterpriseUserSchema + `:manager.value eq "m"`, "[unqualified-filter]",
		},
		{
			`department pr or not (manager pr)`,
			scim.EnterpriseUserSchema + `:department pr or not (` + scim.EnterpriseUserSchema + `:manager pr)`,
			"[unqualified-filter]",
		},
		{`active eq "True"`, `active eq true`, "[string-boolean]"},
		{
			`not (active eq "false") or emails[primary eq "True"]`,
			`not (active eq false) or emails[primary eq true]`, "[string-boolean]",
		},
		{`emails[type eq "work"].value eq "a"`, `emails[type eq "work" and value eq "a"]`, "[behind-bracket]"},
		{`emails[type eq "work"] eq "a"`, `emails[type eq "work" and value eq "a"]`, "[behind-bracket]"},
		{
			`emails[type eq "a" or type eq "b"].display sw "x" and title pr`,
			`emails[(type eq "a" or type eq "b") and display sw "x"] and title pr`, "[behind-bracket]",
		},
		{
			`emails[type eq work].value eq a and emails[value pr].type eq b`,
			`emails[type eq "work" and value eq "a"] and emails[value pr and type eq "b"]`,
			"[bare-word behind-bracket]",
		},
	} {
		var r Repairs
		e, err := r.Filter(typ, tt.in)
		if err != nil || e.String() != tt.want || fmt.Sprint(r.Names()) != tt.deviations {
			t.Errorf("%s:\n got %v, %v, %v\nwant %s, %s", tt.in, e, r.Names(), err, tt.want, tt.deviations)
		}
		if strings.Contains(tt.deviations, "unqualified") {
			continue // the grammar has nothing against it
		}
		if _, err := filter.Parse(tt.in); (err == nil) == (strings.Contains(tt.deviations, "b") &&
			!strings.Contains(tt.deviations, "string-boolean")) {
			t.Errorf("strict: %s: %v", tt.in, err)
		}
	}
	for _, in := range []string{
		`userName eq`, `userName eq 'x y'`, `userName eq "a`, `emails[type eq "a"`, `emails[type eq "a"].value`,
		`] eq 1`, ``,
	} {
		var r Repairs
		if e, err := r.Filter(typ, in); err == nil {
			t.Errorf("%q is read as %v", in, e)
		}
	}
}

func TestNoFilter(t *testing.T) {
	for _, tt := range []struct {
		values     []string
		none       bool
		deviations string
	}{
		{[]string{""}, true, "[empty-filter]"},
		{[]string{" ", ""}, true, "[empty-filter]"},
		{[]string{"", `id eq "x"`}, false, "[]"},
	} {
		var r Repairs
		if none := r.NoFilter(tt.values); none != tt.none || fmt.Sprint(r.Names()) != tt.deviations {
			t.Errorf("%q: %v, %v", tt.values, none, r.Names())
		}
	}
}

// The grammar allows numbers and booleans without quotes, whatever the attribute.
func TestFiltersWithNumbersForTexts(t *testing.T) { // P-3.4.2.2-26
	for in, want := range map[string]string{
		`externalId eq 701984 or displayName sw true`: `externalId eq "701984" or displayName sw "true" [bare-word]`,
		`emails eq 12e4 or emails[display eq 5]`:      `emails eq "12e4" or emails[display eq "5"] [bare-word]`,
		`title ne null and active eq true`:            `title ne null and active eq true []`,
	} {
		var r Repairs
		e, err := r.Filter(userType(t), in)
		if err != nil || fmt.Sprint(e, " ", r.Names()) != want {
			t.Errorf("%s: %v %v, %v; want %s", in, e, r.Names(), err, want)
		}
	}
}

func TestParameters(t *testing.T) {
	var r Repairs
	got := r.Parameters(userType(t), []string{"userName, manager", "name.givenName,department,foo"})
	want := "[userName," + scim.EnterpriseUserSchema + ":manager name.givenName," + scim.EnterpriseUserSchema +
		":department,foo]"
	if fmt.Sprint(got) != want || fmt.Sprint(r.Names()) != "[unqualified-name]" {
		t.Errorf("%v, %v", got, r.Names())
	}
}

func TestSearch(t *testing.T) { // P-3.4.3-8
	for in, want := range map[string]string{
		`{"attributes":"userName,emails.value"}`:        `{"attributes":["userName,emails.value"]} [search-texts]`,
		`{"ExcludedAttributes":"groups","count":"10"}`:  `{"ExcludedAttributes":["groups"],"count":10} [search-texts]`,
		`{"startIndex":"-1","filter":"1","sortBy":"2"}`: `{"startIndex":-1,"filter":"1","sortBy":"2"} [search-texts]`,
		`{"count":"ten","startIndex":"1.5"}`:            `{"count":"ten","startIndex":"1.5"} []`,
		`{"attributes":["userName"],"count":10}`:        `{"attributes":["userName"],"count":10} []`,
		`[]`:                                            `[] []`,
	} {
		body, err := scim.ParseJSON([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		var r Repairs
		if got := fmt.Sprint(r.Search(body).JSON(), " ", r.Names()); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// The names that a client sends are limited in the log.
func TestBoundsOfIgnoredNames(t *testing.T) {
	var sent []string
	for i := range maxIgnored + 5 {
		sent = append(sent, fmt.Sprintf(`{"op":"add","path":"urn:acme:a%d","value":1}`, i%(maxIgnored+1)))
	}
	var r Repairs
	_, _, err := r.Patch(userType(t), operations(t, sent...))
	if err != nil || len(r.Ignored()) != maxIgnored || r.Ignored()[0] != "urn:acme:a0" ||
		r.Ignored()[maxIgnored-1] != fmt.Sprint("urn:acme:a", maxIgnored-1) {
		t.Errorf("%v, %v", r.Ignored(), err)
	}
	for _, longest := range []string{
		"urn:" + strings.Repeat("x", maxIgnoredURN-len("urn:")), strings.Repeat("x", maxIgnoredName),
	} {
		var r Repairs
		r.Resource(userType(t), scim.Map(scim.Member{Name: longest}, scim.Member{Name: longest + "x"}))
		if !slices.Equal(r.Ignored(), []string{longest}) {
			t.Errorf("%d bytes and one more: %q", len(longest), r.Ignored())
		}
	}
}

func TestMembers(t *testing.T) {
	var r Repairs
	if r.Skipped(0); r.Display("Ann", 3) != "Ann" || len(r.Names()) > 0 {
		t.Errorf("%v", r.Names())
	}
	if got := r.Display("Zoé", 3); got != "Zo" {
		t.Errorf("%q", got)
	}
	if r.Skipped(2); fmt.Sprint(r.Names()) != "[long-display unknown-member]" {
		t.Errorf("%v", r.Names())
	}
}

// operations makes a PATCH message of operations, given as JSON.
func operations(t *testing.T, texts ...string) scim.Value {
	t.Helper()
	v, err := scim.ParseJSON([]byte(`{"Operations":[` + strings.Join(texts, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Removes with too many values are refused before they fill the memory.
func TestRemoveOfManyValues(t *testing.T) { // P-3.5.2.2-13
	remove := func(values int) string {
		return `{"op":"remove","path":"emails","value":[` + strings.Repeat(`"x",`, values-1) + `"x"]}`
	}
	var r Repairs
	got, _, err := r.Patch(userType(t), operations(t, remove(maxRemovals-1), remove(1)))
	if n := len(got.Get("Operations").Items()); err != nil || n != maxRemovals {
		t.Errorf("%d operations, %v", n, err)
	}
	_, _, err = r.Patch(userType(t), operations(t, remove(maxRemovals), remove(1)))
	var refused *scim.Error
	if !errors.As(err, &refused) || refused.Type != scim.TypeInvalidValue ||
		!strings.Contains(err.Error(), "operation 2: ") || !strings.Contains(err.Error(), "send fewer") {
		t.Error(err)
	}
}

// An ambiguous operation is rejected, and the error says why.
func TestAmbiguousOperations(t *testing.T) { // P-3.5.2.2-13, P-3.5.2.1-15
	const core, says = scim.UserSchema, " of the values to remove from emails does not say which value to remove"
	for operation, want := range map[string]string{
		`{"op":"remove","path":"emails","value":[{"value":"A"},{}]}`: "element 2" + says,
		`{"op":"remove","path":"emails","value":{}}`:                 "element 1" + says,
		`{"op":"remove","path":"emails","value":[["A"]]}`:            "element 1" + says,
		`{"op":"remove","path":"name","value":{}}`: "the value to remove from name " +
			"names no sub-attribute of it",
		`{"op":"add","value":{"title":"a","` + core + `:title":"b"}}`:     "the value names " + core + ":title twice",
		`{"op":"add","value":{"` + core + `":{"title":"b"},"title":"a"}}`: "the value names title twice",
		`{"op":"add","value":{"name.givenName":"a","` + core + `.name.givenName":"b"}}`: "the value names " +
			core + ":name.givenName twice",
	} {
		var r Repairs
		_, _, err := r.Patch(userType(t), operations(t, `{}`, operation))
		var refused *scim.Error
		if !errors.As(err, &refused) || refused.Type != scim.TypeInvalidSyntax ||
			refused.Detail != "operation 2: "+want {
			t.Errorf("%s: %v", operation, err)
		}
	}
}

// Every deviation has a vector.
func TestEveryDeviationIsShown(t *testing.T) {
	// see TestFilters, TestNoFilter, TestParameters, TestMembers and TestSearch
	shown := []string{
		"search-texts", "empty-filter", "behind-bracket", "unqualified-filter", "unqualified-name",
		"long-display", "unknown-member",
	}
	files, _ := filepath.Glob("testdata/*.json")
	for _, file := range files {
		data, _ := os.ReadFile(file)
		all, _ := scim.ParseJSON(data)
		for _, v := range all.Items() {
			shown = append(shown, texts(v.Get("deviations"))...)
		}
	}
	sources, _ := filepath.Glob("*.go")
	for _, source := range sources {
		text, _ := os.ReadFile(source)
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		for _, part := range strings.Split(string(text), `r.note("`)[1:] {
			if name, _, _ := strings.Cut(part, `"`); !slices.Contains(shown, name) {
				t.Errorf("%s repairs %s, which no vector shows", source, name)
			}
		}
	}
}

// A repaired request needs no repair.
func FuzzPatch(f *testing.F) {
	r, err := schema.Standard()
	if err != nil {
		f.Fatal(err)
	}
	typ := r.Type("User")
	f.Add(`[{"op":"Remove","path":"roles","value":[{"value":"a"}]},` +
		`{"op":"replace","value":{"name.givenName":"x","id":"1"}}]`)
	f.Add(`[{"op":"Add","path":"manager","value":[{"value":"a"}]},{"op":"add","path":"active","value":"True"}]`)
	f.Add(`[{"op":"Add","path":"urn:a:b[c eq d].e","value":1},` +
		`{"op":"add","value":"[{\"emails[type eq work].value\":\"x\"}]"}]`)
	f.Fuzz(func(t *testing.T, operations string) {
		v, err := scim.ParseJSON([]byte(operations))
		if err != nil {
			return
		}
		var first, second Repairs
		once, _, err := first.Patch(typ, scim.Map(scim.Member{Name: "Operations", Value: v}))
		if err != nil {
			return
		}
		twice, _, err := second.Patch(typ, once)
		if err != nil || len(second.Names()) > 0 || once.JSON() != twice.JSON() {
			t.Errorf("%s needs %v again: %s", once.JSON(), second.Names(), twice.JSON())
		}
	})
}

// The result of a repaired message can be stored: it is canonical, and reading it again gives the
// same value.
func FuzzApply(f *testing.F) {
	r, err := schema.Standard()
	if err != nil {
		f.Fatal(err)
	}
	typ := r.Type("User")
	doc, err := typ.Normalize(scim.Map(scim.Member{Name: "userName", Value: scim.Text("ann")}), schema.Rules{})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`[{"op":"Add","path":"phoneNumbers[Type eq \"mobile\"]","value":[{"type":"mobile","value":"123"}]}]`)
	f.Add(`[{"op":"add","path":"manager[value eq m].value","value":"n"},{"op":"remove","path":"manager[value eq n]"}]`)
	f.Add(`[{"op":"add","path":"emails[value eq \"a\" and value eq \"b\"].display","value":"d"},` +
		`{"op":"replace","value":{"name.givenName":"x"}}]`)
	f.Fuzz(func(t *testing.T, operations string) {
		v, err := scim.ParseJSON([]byte(operations))
		if err != nil {
			return
		}
		var repairs Repairs
		body, sent, err := repairs.Patch(typ, scim.Map(
			scim.Member{Name: "schemas", Value: scim.Texts(patch.Message)},
			scim.Member{Name: "Operations", Value: v}))
		if err != nil {
			return
		}
		ops, err := patch.Parse(body, sent)
		if err != nil {
			return
		}
		got, err := patch.Apply(typ, doc, ops,
			patch.Options{Element: repairs.Element, SingleFilter: repairs.SingleFilter})
		if err != nil {
			return
		}
		read, err := scim.ParseJSON(got.Bytes())
		if err != nil {
			t.Fatalf("%s can't be read: %v", got.JSON(), err)
		}
		if again, err := typ.Normalize(read, schema.Rules{RequireSchemas: true}); err != nil ||
			again.JSON() != got.JSON() {
			t.Errorf("%s is not canonical: %s, %v", got.JSON(), again.JSON(), err)
		}
	})
}
