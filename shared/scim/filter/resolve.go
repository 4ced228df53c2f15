package filter

import (
	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Attribute is what a path names in a resource type.
type Attribute struct {
	Extension *schema.Schema    // nil for core and common attributes
	Attr      *schema.Attribute // nil for the whole of Extension
	Sub       *schema.Attribute // nil for the whole of Attr
}

// Leaf returns the definition of what the path ends at, nil for an extension.
func (a Attribute) Leaf() *schema.Attribute {
	if a.Sub != nil {
		return a.Sub
	}
	return a.Attr
}

// Resolve finds what a path names in a resource type, names and URNs in any case
// (RFC 7644 section 3.10). Common and core attributes may carry the URN of the
// core schema; an attribute of an extension must carry that of the extension,
// and the URN alone names the whole extension. It reports false for what the
// type does not have.
func Resolve(t *schema.ResourceType, p Path) (Attribute, bool) {
	if p.URN == "" || scim.EqualName(p.URN, t.Core.ID) {
		return within(Attribute{Attr: core(t, p.Attr)}, p.Sub)
	}
	for _, ext := range t.Extensions {
		if scim.EqualName(p.URN, ext.Schema.ID) {
			return within(Attribute{Extension: ext.Schema, Attr: ext.Schema.Attributes.Find(p.Attr)}, p.Sub)
		}
		if scim.EqualName(p.String(), ext.Schema.ID) {
			return Attribute{Extension: ext.Schema}, true
		}
	}
	return Attribute{}, false
}

func core(t *schema.ResourceType, name string) *schema.Attribute {
	if attr := t.Common().Find(name); attr != nil {
		return attr
	}
	return t.Core.Attributes.Find(name)
}

// within goes on to the sub-attribute, if a path names one.
func within(a Attribute, sub string) (Attribute, bool) {
	if a.Attr == nil || sub == "" {
		return a, a.Attr != nil
	}
	a.Sub = a.Attr.Sub.Find(sub)
	return a, a.Sub != nil
}
