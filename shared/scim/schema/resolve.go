package schema

import (
	"strings"

	"scimserver/shared/scim"
)

// Named is what a name or path stands for in a resource type.
type Named struct {
	Extension *Schema    // nil for core and common attributes
	Attr      *Attribute // nil for the whole extension
	Sub       *Attribute // nil for the whole attribute
}

// Leaf returns the last attribute of the path: Sub, or Attr if there is no Sub. It is nil
// for an extension.
func (n Named) Leaf() *Attribute {
	if n.Sub != nil {
		return n.Sub
	}
	return n.Attr
}

// Resolve finds an attribute, or a sub-attribute if sub is not empty, by names in any case
// (RFC 7644 section 3.10). For common and core attributes, urn is the URN of the core schema
// or ""; for those of an extension it must be the extension's. Resolve reports false if the
// type has no such attribute.
func (t *ResourceType) Resolve(urn, attr, sub string) (Named, bool) {
	var n Named
	switch {
	case urn == "" || scim.EqualName(urn, t.Core.ID):
		n.Attr = t.core(attr)
	default:
		if n.Extension = t.Extension(urn); n.Extension == nil {
			return Named{}, false
		}
		n.Attr = n.Extension.Attributes.Find(attr)
	}
	if n.Attr != nil && sub != "" {
		n.Sub = n.Attr.Sub.Find(sub)
		return n, n.Sub != nil
	}
	return n, n.Attr != nil
}

func (t *ResourceType) core(name string) *Attribute {
	if attr := t.common.Find(name); attr != nil {
		return attr
	}
	return t.Core.Attributes.Find(name)
}

// ResolveName resolves a name in attribute notation, such as name.givenName, with or
// without a URN before it. The URN of an extension on its own stands for the whole
// extension.
func (t *ResourceType) ResolveName(name string) (Named, bool) {
	if ext := t.Extension(name); ext != nil {
		return Named{Extension: ext}, true
	}
	urn := ""
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		urn, name = name[:i], name[i+1:]
	}
	attr, sub, dotted := strings.Cut(name, ".")
	if dotted && sub == "" {
		return Named{}, false
	}
	return t.Resolve(urn, attr, sub)
}
