package compat

import (
	"slices"

	"scimserver/shared/scim"
)

// SameReadOnly reports whether the value sent for a readOnly attribute leaves the stored
// value unchanged. Clients send back what they received:
//
//	{"op": "replace", "path": "id", "value": "2819c223-7f76-453a-919d-413861904646"}
//
// add says that the operation is an add, not a replace.
func (r *Repairs) SameReadOnly(sent, stored scim.Value, add bool) bool {
	same := matchesStored(sent, stored)
	if stored.Kind() == scim.Array || sent.Kind() == scim.Array {
		same = allMatchStored(sent, stored, add)
	}
	if same {
		r.report("same-read-only")
	}
	return same
}

// allMatchStored is matchesStored for several values, whose order does not matter.
func allMatchStored(sent, stored scim.Value, add bool) bool {
	items := sent.Items()
	if sent.Kind() != scim.Array && !sent.IsEmpty() {
		items = []scim.Value{sent}
	}
	isNew := func(item scim.Value) bool {
		return !slices.ContainsFunc(stored.Items(), func(old scim.Value) bool { return matchesStored(item, old) })
	}
	return (add || len(items) == len(stored.Items())) && !slices.ContainsFunc(items, isNew)
}

// matchesStored reports whether the sent and the stored value are both unassigned, or equal,
// or whether all sub-attributes that were sent match the stored ones.
func matchesStored(sent, stored scim.Value) bool {
	if sent.IsEmpty() || sent.Kind() != scim.Object {
		return sent.IsEmpty() && stored.IsEmpty() || sent.Equal(stored)
	}
	differs := func(m scim.Member) bool { return !matchesStored(m.Value, stored.Find(m.Name)) }
	return !slices.ContainsFunc(sent.Members(), differs)
}
