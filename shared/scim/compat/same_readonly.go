package compat

import (
	"slices"

	"scimserver/shared/scim"
)

// SameReadOnly reports whether a value that was sent for a readOnly attribute changes
// nothing of the value that it has. Clients send back what they were given:
//
//	{"op": "replace", "path": "id", "value": "2819c223-7f76-453a-919d-413861904646"}
//
// add says that the operation adds to several values instead of replacing them.
func (r *Repairs) SameReadOnly(sent, has scim.Value, add bool) bool {
	same := matchesStored(sent, has)
	if has.Kind() == scim.Array || sent.Kind() == scim.Array {
		same = allMatchStored(sent, has, add)
	}
	if same {
		r.report("same-read-only")
	}
	return same
}

// allMatchStored is agrees for several values, whose order has no meaning.
func allMatchStored(sent, has scim.Value, add bool) bool {
	items := sent.Items()
	if sent.Kind() != scim.Array && !sent.IsEmpty() {
		items = []scim.Value{sent}
	}
	isNew := func(item scim.Value) bool {
		return !slices.ContainsFunc(has.Items(), func(old scim.Value) bool { return matchesStored(item, old) })
	}
	return (add || len(items) == len(has.Items())) && !slices.ContainsFunc(items, isNew)
}

// matchesStored reports whether a value has all that was sent of it: both are unassigned,
// equal, or complex with the same sub-attributes as far as these were sent.
func matchesStored(sent, has scim.Value) bool {
	if sent.IsEmpty() || sent.Kind() != scim.Object {
		return sent.IsEmpty() && has.IsEmpty() || sent.Equal(has)
	}
	return !slices.ContainsFunc(sent.Members(), func(m scim.Member) bool { return !matchesStored(m.Value, has.Find(m.Name)) })
}
