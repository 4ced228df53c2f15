package compat

import (
	"strings"

	"scimserver/shared/scim"
)

// bareWords puts a word or date that stands without quotes behind a comparison
// operator into quotes:
//
//	filter=userName eq bjensen
//	filter=meta.lastModified gt 2011-05-13T04:42:34Z
func (r *Repairs) bareWords(tokens []string) []string {
	for i := 1; i < len(tokens); i++ {
		if !compares(tokens[i]) || tokens[i-1] != " " {
			continue
		}
		v := next(tokens, i+1)
		if v == i+1 || v == len(tokens) || !isBare(tokens[v]) {
			continue
		}
		r.note("bare-word")
		tokens[v] = scim.Text(tokens[v]).JSON()
		i = v
	}
	return tokens
}

// isBare reports whether a token is neither a JSON value nor a bracket, nor
// something in quotes of another kind, which would match nothing.
func isBare(token string) bool {
	if strings.ContainsAny(token, "()[]\"'`") {
		return false
	}
	_, err := scim.ParseJSON([]byte(token))
	return err != nil
}
