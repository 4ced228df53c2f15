package bulk

import (
	"slices"
	"strings"

	"scimserver/shared/lazyregexp"
	"scimserver/shared/scim"
)

// prefix starts a reference to the resource that another operation creates (RFC 7644
// section 3.7.2).
const prefix = "bulkId:"

// quotedReference is a reference in the filter of a path: members[value eq "bulkId:a"].
var quotedReference = lazyregexp.New(`"bulkId:((?:[^"\\]|\\.)*)"`)

// References lists the bulkIds that an operation refers to, each once: in its path, in
// the strings of its data, and in the filters of the paths of a PATCH.
func (o Operation) References() (ids []string) {
	add := func(id string) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if _, id := o.Target(); strings.HasPrefix(id, prefix) {
		add(id[len(prefix):])
	}
	visit(o.Data, func(s string) {
		for _, id := range referencesIn(s) {
			add(id)
		}
	})
	return ids
}

// referencesIn lists the bulkIds in a string: the string is a reference, a URL that ends
// in one, or a path with references in its filters.
func referencesIn(s string) (ids []string) {
	if id, ok := strings.CutPrefix(s, prefix); ok {
		return []string{id}
	}
	if at := strings.LastIndex(s, "/"+prefix); at >= 0 && !strings.ContainsAny(s, " \"") {
		return []string{s[at+1+len(prefix):]}
	}
	for _, m := range quotedReference().FindAllStringSubmatch(s, -1) {
		ids = append(ids, m[1])
	}
	return ids
}

// visit calls f with every string of a value.
func visit(v scim.Value, f func(string)) {
	switch v.Kind() {
	case scim.String:
		f(v.Text())
	case scim.Array:
		for _, item := range v.Items() {
			visit(item, f)
		}
	case scim.Object:
		for _, m := range v.Members() {
			visit(m.Value, f)
		}
	}
}

// Resolve returns the operation with ids in place of references. ids maps bulkIds to the
// ids of resources; other references stay unchanged.
func (o Operation) Resolve(ids map[string]string) Operation {
	if endpoint, id := o.Target(); strings.HasPrefix(id, prefix) {
		if known, ok := ids[id[len(prefix):]]; ok {
			o.Path = endpoint + "/" + known
		}
	}
	o.Data = mapStrings(o.Data, func(s string) string { return resolveString(s, ids) })
	return o
}

func resolveString(s string, ids map[string]string) string {
	if id, ok := strings.CutPrefix(s, prefix); ok {
		if known, ok := ids[id]; ok {
			return known
		}
		return s
	}
	if at := strings.LastIndex(s, "/"+prefix); at >= 0 && !strings.ContainsAny(s, " \"") {
		if known, ok := ids[s[at+1+len(prefix):]]; ok {
			return s[:at+1] + known
		}
		return s
	}
	return quotedReference().ReplaceAllStringFunc(s, func(quoted string) string {
		if known, ok := ids[quotedReference().FindStringSubmatch(quoted)[1]]; ok {
			return `"` + known + `"`
		}
		return quoted
	})
}

func mapStrings(v scim.Value, f func(string) string) scim.Value {
	switch v.Kind() {
	case scim.String:
		return scim.Text(f(v.Text()))
	case scim.Array:
		items := make([]scim.Value, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = mapStrings(item, f)
		}
		return scim.List(items...)
	case scim.Object:
		members := make([]scim.Member, len(v.Members()))
		for i, m := range v.Members() {
			members[i] = scim.Member{Name: m.Name, Value: mapStrings(m.Value, f)}
		}
		return scim.Map(members...)
	}
	return v
}

// Postpone returns the operation without the attributes that refer to the given bulkIds: the
// innermost object that contains such a reference is removed as a whole. They are set later, when
// the resources exist.
func (o Operation) Postpone(ids []string) Operation {
	o.Data, _ = without(o.Data, ids)
	return o
}

// without returns v without the values that refer to ids. gone says that v itself is removed.
func without(v scim.Value, ids []string) (rest scim.Value, gone bool) {
	switch v.Kind() {
	case scim.String:
		return v, slices.ContainsFunc(referencesIn(v.Text()), func(id string) bool { return slices.Contains(ids, id) })
	case scim.Array:
		var items []scim.Value
		for _, item := range v.Items() {
			if kept, gone := without(item, ids); !gone {
				items = append(items, kept)
			}
		}
		return scim.List(items...), len(items) == 0 && len(v.Items()) > 0
	case scim.Object:
		return objectWithout(v, ids)
	}
	return v, false
}

func objectWithout(v scim.Value, ids []string) (scim.Value, bool) {
	var members []scim.Member
	for _, m := range v.Members() {
		kept, gone := without(m.Value, ids)
		if gone && m.Value.Kind() == scim.String {
			return scim.Value{}, true // without the reference, the rest of the object means nothing
		}
		if !gone {
			members = append(members, scim.Member{Name: m.Name, Value: kept})
		}
	}
	return scim.Map(members...), len(members) == 0 && len(v.Members()) > 0
}
