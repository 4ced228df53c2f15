package schema

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"scimserver/shared/scim"
)

// TestStandard compares the answer of /Schemas with testdata/standard.txt, in both directions.
func TestStandard(t *testing.T) {
	r, err := Standard()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) > 0 {
		t.Error(r.Warnings)
	}
	for urn, want := range expected(string(read(t, "testdata/standard.txt"))) {
		got := map[string]string{}
		describe(r.Schema(urn).Value().Get("attributes"), "", got)
		for name, line := range want {
			if got[name] != line {
				t.Errorf("%s %s\n got %s\nwant %s", urn, name, got[name], line)
			}
		}
		for name := range got {
			if want[name] == "" {
				t.Errorf("%s serves %s", urn, name)
			}
		}
	}
}

// expected reads, by schema, the line of each attribute.
func expected(text string) map[string]map[string]string {
	all, current := map[string]map[string]string{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if urn, ok := strings.CutPrefix(line, "schema "); ok {
			current, all[urn] = urn, map[string]string{}
		} else if names, characteristics, ok := strings.Cut(line, ": "); ok && line[0] != '#' {
			for name := range strings.FieldsSeq(names) {
				all[current][name] = characteristics
			}
		}
	}
	return all
}

// describe writes the characteristics of served attributes as the table does.
func describe(attributes scim.Value, prefix string, to map[string]string) {
	for _, a := range attributes.Items() {
		name := prefix + a.Get("name").Text()
		line := strings.Join([]string{
			a.Get("type").Text(), pick(a.Get("multiValued"), "M", "S"), pick(a.Get("required"), "req", "-"),
			pick(a.Get("caseExact"), "cE", "ci"), a.Get("mutability").Text(), a.Get("returned").Text(),
			cmp.Or(a.Get("uniqueness").Text(), "-"),
		}, " ")
		if canonical := texts(a.Get("canonicalValues")); canonical != nil {
			line += fmt.Sprintf(" (%s)", strings.Join(canonical, " "))
		}
		if references := texts(a.Get("referenceTypes")); references != nil {
			line += fmt.Sprint(" ", references)
		}
		to[name] = line
		describe(a.Get("subAttributes"), name+".", to)
	}
}

func pick(v scim.Value, yes, no string) string {
	switch {
	case v.Kind() != scim.Bool:
		return "-"
	case v.IsTrue():
		return yes
	}
	return no
}

// Errata of RFC 7643's schemas of schemas: 5606 and 8415 (types), 5607 and 7522
// (multi-valued), 8011 (type, etag).
func TestMetaSchemas(t *testing.T) { // S-8.7-2, S-2.3.8-2
	r, err := Standard()
	if err != nil {
		t.Fatal(err)
	}
	at := func(urn string, names ...string) *Attribute {
		set := r.Schema(urn).Attributes
		attr := &Attribute{}
		for _, name := range names {
			if attr = set.Find(name); attr == nil {
				t.Fatalf("%s has no %v", urn, names)
			}
			set = attr.Sub
		}
		return attr
	}
	types := strings.Join(at(scim.SchemaSchema, "attributes", "type").CanonicalValues, " ")
	if !strings.Contains(types, "binary") || !strings.Contains(types, "complex") {
		t.Error(types)
	}
	types = strings.Join(at(scim.SchemaSchema, "attributes", "subAttributes", "type").CanonicalValues, " ")
	if !strings.Contains(types, "binary") || strings.Contains(types, "complex") {
		t.Error(types)
	}
	for _, attr := range []*Attribute{
		at(scim.SchemaSchema, "attributes", "referenceTypes"),
		at(scim.SchemaSchema, "attributes", "subAttributes", "referenceTypes"),
		at(scim.ResourceTypeSchema, "schemaExtensions"),
	} {
		if !attr.MultiValued {
			t.Errorf("%s is not multi-valued", attr.Name)
		}
	}
	at(scim.ServiceProviderConfigSchema, "etag", "supported")
	at(scim.ServiceProviderConfigSchema, "authenticationSchemes", "type")
}

// TestCommon checks the common attributes. Their definition of id takes precedence over that of T
// (S-3.1-1, S-3.1-3, S-3.1-9, S-3.1-10, S-3.1-15, S-3-5).
func TestCommon(t *testing.T) {
	typ := testType(t, "T")
	got := map[string]string{}
	describe(typ.Common().value(), "", got)
	for name, want := range map[string]string{
		"schemas":           "reference M - ci readWrite always none",
		"id":                "string S - cE readOnly always global",
		"externalId":        "string S - cE readWrite default none",
		"meta":              "complex S - - readOnly default -",
		"meta.resourceType": "string S - cE readOnly default none",
		"meta.created":      "dateTime S - ci readOnly default none",
		"meta.lastModified": "dateTime S - ci readOnly default none",
		"meta.location":     "reference S - cE readOnly default none",
		"meta.version":      "string S - cE readOnly default none",
	} {
		if got[name] != want {
			t.Errorf("%s is %s, want %s", name, got[name], want)
		}
	}
	id := typ.Core.Attributes.Find("id")
	if id.Mutability != ReadOnly || id.Returned != Always || !id.CaseExact || id.Required {
		t.Errorf("T serves id as %+v", id)
	}
	doc, err := typ.Normalize(tDoc(t, `"id":"mine","externalId":"e","meta":{"version":"1"},"`+extY+`":{"id":"theirs"}`),
		Rules{})
	if want := `{"schemas":["` + coreT + `","` + extY + `"],"externalId":"e","key":"k","` + extY +
		`":{"id":"theirs"}}`; err != nil || doc.JSON() != want {
		t.Errorf("got %s, %v", doc.JSON(), err)
	}
}

func TestUnique(t *testing.T) {
	spell := func(typ *ResourceType) (list string) {
		for _, n := range typ.Unique() {
			list += " " + n.Attr.Name
			if n.Sub != nil {
				list += "." + n.Sub.Name
			}
		}
		return list
	}
	if got := spell(testType(t, "T")); got != " srv glo" {
		t.Error(got)
	}
	if got := spell(userType(t)); got != " userName emails.value" {
		t.Error(got)
	}
}
