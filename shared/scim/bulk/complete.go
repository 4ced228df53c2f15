package bulk

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
)

// Complete returns the PatchOp message that sets the attributes that full has and part
// lacks: those that Postpone removed.
func Complete(full, part scim.Value) scim.Value {
	var ops []scim.Value
	for _, m := range full.Members() {
		before := part.Get(m.Name)
		switch {
		case m.Name == "schemas" || before.Equal(m.Value):
		case strings.Contains(m.Name, ":"): // an extension
			for _, inner := range m.Value.Members() {
				if !before.Get(inner.Name).Equal(inner.Value) {
					ops = append(ops, replace(m.Name+":"+inner.Name, inner.Value))
				}
			}
		default:
			ops = append(ops, replace(m.Name, m.Value))
		}
	}
	return scim.Map(
		scim.Member{Name: "schemas", Value: scim.Texts(patch.Message)},
		scim.Member{Name: "Operations", Value: scim.List(ops...)},
	)
}

func replace(path string, value scim.Value) scim.Value {
	return scim.Map(
		scim.Member{Name: "op", Value: scim.Text("replace")},
		scim.Member{Name: "path", Value: scim.Text(path)},
		scim.Member{Name: "value", Value: value},
	)
}
