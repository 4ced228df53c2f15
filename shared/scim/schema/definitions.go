package schema

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"scimserver/shared/scim"
)

//go:embed definitions
var definitions embed.FS

// Standard loads the definitions of this service, which are embedded.
func Standard() (*Registry, error) {
	sub, err := fs.Sub(definitions, "definitions")
	if err != nil {
		return nil, err
	}
	return Load(sub)
}

// Load reads schemas/*.json and resourcetypes/*.json from fsys. The error names the file
// and the attribute of a definition that RFC 7643 sections 2 and 7 do not allow.
func Load(fsys fs.FS) (*Registry, error) {
	r := &Registry{}
	targets, err := referenceTargets(fsys)
	if err != nil {
		return nil, err
	}
	err = readDefinitions(fsys, "schemas", func(v scim.Value) error {
		s, err := readSchema(v)
		if err == nil {
			err = checkReferences(s.Attributes, targets)
		}
		if err == nil && r.Schema(s.ID) != nil {
			err = fmt.Errorf("schema %s is defined twice", s.ID)
		}
		r.Schemas = append(r.Schemas, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = readDefinitions(fsys, "resourcetypes", func(v scim.Value) error {
		t, err := r.readType(v)
		if err == nil && r.Type(t.Name) != nil {
			err = fmt.Errorf("resource type %s is defined twice", t.Name)
		}
		r.Types = append(r.Types, t)
		return err
	})
	return r, err
}

// readDefinitions parses the JSON files of a directory in the order of their names.
func readDefinitions(fsys fs.FS, dir string, read func(scim.Value) error) error {
	files, err := fs.Glob(fsys, path.Join(dir, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return err
		}
		v, err := scim.ParseJSON(data)
		if err == nil {
			err = read(v)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

func readSchema(v scim.Value) (*Schema, error) {
	s := &Schema{
		ID:          v.Get("id").Text(),
		Name:        v.Get("name").Text(),
		Description: v.Get("description").Text(),
	}
	if s.ID == "" {
		return s, fmt.Errorf("the schema has no id")
	}
	var err error
	if s.Attributes, err = readAttributes(v.Get("attributes").Items()); err != nil {
		return s, err
	}
	return s, checkDepth(s)
}

// checkDepth rejects complex sub-attributes (RFC 7643 section 2.3.8). Only the schema of
// schemas has them.
func checkDepth(s *Schema) error {
	for _, attr := range s.Attributes.list {
		for _, sub := range attr.Sub.list {
			if sub.Type == Complex && s.ID != scim.SchemaSchema {
				return fmt.Errorf("attribute %q: the sub-attribute %q must not be complex", attr.Name, sub.Name)
			}
		}
	}
	return nil
}

// referenceTargets returns the allowed values of referenceTypes: external and uri (RFC 7643
// section 7), and the names of the resource types.
func referenceTargets(fsys fs.FS) ([]string, error) {
	targets := []string{"external", "uri"}
	err := readDefinitions(fsys, "resourcetypes", func(v scim.Value) error {
		targets = append(targets, v.Get("name").Text())
		return nil
	})
	return targets, err
}

// checkReferences rejects referenceTypes that are not among targets.
func checkReferences(attrs Attributes, targets []string) error {
	for _, attr := range attrs.list {
		for _, name := range attr.ReferenceTypes {
			if !slices.Contains(targets, name) {
				return fmt.Errorf("attribute %q: referenceTypes: %q is not a resource type, external or uri",
					attr.Name, name)
			}
		}
		if err := checkReferences(attr.Sub, targets); err != nil {
			return fmt.Errorf("attribute %q: %w", attr.Name, err)
		}
	}
	return nil
}

func readAttributes(items []scim.Value) (Attributes, error) {
	list := make([]*Attribute, 0, len(items))
	for _, item := range items {
		attr, err := readAttribute(item)
		if err != nil {
			return Attributes{}, fmt.Errorf("attribute %q: %w", attr.Name, err)
		}
		list = append(list, attr)
	}
	return attributes(list...)
}

// attributes makes a set; the error names an attribute that occurs twice.
func attributes(list ...*Attribute) (Attributes, error) {
	set := Attributes{list: list, byName: make(map[string]int, 2*len(list))}
	for i, attr := range list {
		folded := scim.FoldName(attr.Name)
		if _, twice := set.byName[folded]; twice {
			return set, fmt.Errorf("attribute %q is defined twice", attr.Name)
		}
		set.byName[attr.Name], set.byName[folded] = i, i
		if attr.Required && attr.Mutability != ReadOnly {
			set.required = append(set.required, i)
		}
	}
	return set, nil
}

// readAttribute fills in the defaults of RFC 7643 section 2.2. Binary values and
// references are case-exact by their type (sections 2.3.6 and 2.3.7).
func readAttribute(v scim.Value) (*Attribute, error) {
	attr := &Attribute{
		Name:            v.Get("name").Text(),
		Type:            Type(cmp.Or(v.Get("type").Text(), string(String))),
		MultiValued:     v.Get("multiValued").IsTrue(),
		Description:     v.Get("description").Text(),
		Required:        v.Get("required").IsTrue(),
		CanonicalValues: texts(v.Get("canonicalValues")),
		CaseExact:       v.Get("caseExact").IsTrue(),
		Mutability:      Mutability(cmp.Or(v.Get("mutability").Text(), string(ReadWrite))),
		Returned:        Returned(cmp.Or(v.Get("returned").Text(), string(Default))),
		Uniqueness:      Uniqueness(cmp.Or(v.Get("uniqueness").Text(), string(None))),
		ReferenceTypes:  texts(v.Get("referenceTypes")),
	}
	if v.Get("caseExact").Kind() == scim.Null {
		attr.CaseExact = attr.Type == Binary || attr.Type == Reference
	}
	var err error
	if attr.Sub, err = readAttributes(v.Get("subAttributes").Items()); err != nil {
		return attr, err
	}
	return attr, checkCharacteristics(attr)
}

// checkCharacteristics rejects a definition that RFC 7643 does not allow.
func checkCharacteristics(a *Attribute) error {
	switch {
	case !IsName(a.Name):
		return fmt.Errorf("the name does not follow RFC 7643 section 2.1")
	case !slices.Contains([]Type{String, Boolean, Decimal, Integer, DateTime, Binary, Reference, Complex}, a.Type):
		return fmt.Errorf("type %q does not exist", a.Type)
	case !slices.Contains([]Mutability{ReadOnly, ReadWrite, Immutable, WriteOnly}, a.Mutability):
		return fmt.Errorf("mutability %q does not exist", a.Mutability)
	case !slices.Contains([]Returned{Always, Never, Default, Request}, a.Returned):
		return fmt.Errorf("returned %q does not exist", a.Returned)
	case !slices.Contains([]Uniqueness{None, Server, Global}, a.Uniqueness):
		return fmt.Errorf("uniqueness %q does not exist", a.Uniqueness)
	case a.Type != Complex && len(a.Sub.list) > 0:
		return fmt.Errorf("a %s attribute has no sub-attributes", a.Type)
	case a.Type == Complex && len(a.Sub.list) == 0:
		return fmt.Errorf("a complex attribute needs sub-attributes")
	case a.Type != Reference && len(a.ReferenceTypes) > 0:
		return fmt.Errorf("only a reference has referenceTypes")
	}
	return nil
}

// IsName reports whether name follows the grammar of RFC 7643
// section 2.1, with the leading $ of $ref that erratum 8924 adds.
func IsName(name string) bool {
	for i, c := range []byte(name) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '$'
		if !letter && (i == 0 || !('0' <= c && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return name != ""
}

func texts(v scim.Value) []string {
	var list []string
	for _, item := range v.Items() {
		list = append(list, item.Text())
	}
	return list
}
