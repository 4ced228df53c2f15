package schema

import (
	"strings"

	"scimserver/shared/scim"
)

// A document may have the values of an extension that its type no longer has. They are
// hidden: no representation shows them, and no change of other attributes removes them.
// They show again when the extension is defined again. In an extension that was added, the
// values of attributes that it no longer defines are not shown either.

// isHidden reports whether a member of a stored document is an extension that the type does
// not have. Only names of extensions have a colon.
func (t *ResourceType) isHidden(name string) bool {
	if strings.IndexByte(name, ':') < 0 || name == t.Core.ID {
		return false
	}
	_, known := t.position(name)
	return !known
}

// withHidden returns a document with the hidden members of the stored one.
func (t *ResourceType) withHidden(doc, stored scim.Value) scim.Value {
	members := doc.Members()
	for _, m := range stored.Members() {
		if t.isHidden(m.Name) {
			members = append(members[:len(members):len(members)], m)
		}
	}
	return scim.Map(members...)
}

// withoutHidden returns the value of schemas without the URNs of hidden extensions.
func withoutHidden(urns scim.Value, hides func(string) bool) scim.Value {
	kept := make([]scim.Value, 0, len(urns.Items()))
	for _, urn := range urns.Items() {
		if !hides(urn.Text()) {
			kept = append(kept, urn)
		}
	}
	return scim.List(kept...)
}
