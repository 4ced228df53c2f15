package erasure

import (
	"fmt"

	"scimserver/shared/scim"
)

// Rewrite replaces strings in a JSON text. replace gets the names of the members that lead to a string, and
// the string. Items of an array have the path of the array. changed is false if nothing was replaced; then
// the text is the same.
func Rewrite(text string, replace func(path []string, s string) string) (out string, changed bool, err error) {
	v, err := scim.ParseJSON(text)
	if err != nil {
		return text, false, fmt.Errorf("erasure: %v", err)
	}
	r := &rewriter{replace: replace}
	v = r.value(nil, v)
	if !r.changed {
		return text, false, nil
	}
	return v.JSON(), true, nil
}

type rewriter struct {
	replace func(path []string, s string) string
	changed bool
}

func (r *rewriter) value(path []string, v scim.Value) scim.Value {
	switch v.Kind() {
	case scim.String:
		s := r.replace(path, v.Text())
		r.changed = r.changed || s != v.Text()
		return scim.Text(s)
	case scim.Array:
		items := make([]scim.Value, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = r.value(path, item)
		}
		return scim.List(items...)
	case scim.Object:
		members := make([]scim.Member, len(v.Members()))
		for i, m := range v.Members() {
			inner := append(path[:len(path):len(path)], m.Name)
			members[i] = scim.Member{Name: m.Name, Value: r.value(inner, m.Value)}
		}
		return scim.Map(members...)
	}
	return v
}
