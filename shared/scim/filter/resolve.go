package filter

import "scimserver/shared/scim/schema"

// Attribute is what a path names in a resource type: an attribute, a sub-attribute or an
// extension.
type Attribute = schema.Named

// Resolve finds what a path names in a resource type. It reports false if the type does not
// have it. Attributes of an extension need its URN, so that no name is ambiguous (RFC 7644
// section 3.10).
func Resolve(t *schema.ResourceType, p Path) (Attribute, bool) {
	if a, ok := t.Resolve(p.URN, p.Attr, p.Sub); ok {
		return a, true
	}
	ext := t.Extension(p.String())
	return Attribute{Extension: ext}, ext != nil
}
