package compat

import (
	"strings"

	"scimserver/shared/scim"
	"scimserver/shared/scim/filter"
	"scimserver/shared/scim/schema"
)

// bareWords adds the missing quotes to a word or date after a comparison operator:
//
//	filter=userName eq bjensen
//	filter=meta.lastModified gt 2011-05-13T04:42:34Z
//	{"op": "remove", "path": "members[value eq 61f4f310-8d2a-4f8e-bf98-7363c4aed4ef]"}
func (r *Repairs) bareWords(tokens []string) []string {
	for i := 1; i < len(tokens); i++ {
		if !isComparison(tokens[i]) || tokens[i-1] != " " {
			continue
		}
		v := skipBlanks(tokens, i+1)
		if v == i+1 || v == len(tokens) || !isBare(tokens[v]) {
			continue
		}
		r.report("bare-word")
		tokens[v] = scim.Text(tokens[v]).JSON()
		i = v
	}
	return tokens
}

// barePath does the same for the filter in a path.
func (r *Repairs) barePath(path string) string {
	if !strings.Contains(path, "[") || len(path) > filter.MaxLength {
		return path
	}
	return strings.Join(r.bareWords(tokens(path)), "")
}

// bareNumber turns a number, true or false without quotes into a string, if the schema
// requires one:
//
//	filter=externalId eq 701984
func (r *Repairs) bareNumber(attr *schema.Attribute, v scim.Value) scim.Value {
	wantsText := attr.Type == schema.String || attr.Type == schema.Reference
	if !wantsText || v.Kind() != scim.Number && v.Kind() != scim.Bool {
		return v
	}
	r.report("bare-word")
	return scim.Text(v.Text())
}

// isBare reports whether a token is not a JSON value, a bracket, or a text in other quotes,
// which would match nothing.
func isBare(token string) bool {
	if strings.ContainsAny(token, "()[]\"'`") {
		return false
	}
	_, err := scim.ParseJSON(token)
	return err != nil
}
