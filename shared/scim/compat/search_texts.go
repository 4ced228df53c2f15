package compat

import (
	"strconv"

	"scimserver/shared/scim"
)

// Search gives the members of a SearchRequest message the JSON types of RFC 7644 section
// 3.4.3. Some clients send them as texts, in the form of URL parameters:
//
//	{"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
//	 "attributes": "userName,emails.value", "startIndex": "1", "count": "10"}
func (r *Repairs) Search(body scim.Value) scim.Value {
	return mapMembers(body, func(m scim.Member) scim.Value {
		text := m.Value.Text()
		if m.Value.Kind() != scim.String {
			return m.Value
		}
		switch scim.FoldName(m.Name) {
		case "attributes", "excludedattributes":
			r.report("search-texts")
			return scim.Texts(text)
		case "startindex", "count":
			if n, err := strconv.Atoi(text); err == nil {
				r.report("search-texts")
				return scim.Int(n)
			}
		}
		return m.Value
	})
}
