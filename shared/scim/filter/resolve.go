package filter

import "scimserver/shared/scim/schema"

// Attribute is what a path names in a resource type.
type Attribute = schema.Named

// Resolve finds what a path names in a resource type. It reports false for what
// the type does not have; the attributes of an extension it has by their URN
// only, so that a name never means two attributes (RFC 7644 section 3.10).
func Resolve(t *schema.ResourceType, p Path) (Attribute, bool) {
	if a, ok := t.Resolve(p.URN, p.Attr, p.Sub); ok {
		return a, true
	}
	ext := t.Extension(p.String())
	return Attribute{Extension: ext}, ext != nil
}
