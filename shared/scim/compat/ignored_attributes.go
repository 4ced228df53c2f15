package compat

import (
	"slices"
	"strings"

	"scimserver/shared/scim"
)

// Limits on the ignored attributes of one request that are reported.
const (
	maxIgnored     = 20  // names
	maxIgnoredURN  = 200 // bytes of a name with a URN
	maxIgnoredName = 64  // bytes of another name
)

// Ignored returns the names of ignored attributes: the request has them, and the resource type does not.
// They have the spelling of the client and the order of the request. Each is returned once, and at most 20
// are.
func (r *Repairs) Ignored() []string { return r.ignored }

// ignore adds a name, after the prefix of its parent, to Ignored. Only a URN, or what can be the name of an
// attribute (RFC 7643 section 2.1), is added: anything else may be a value, which must not get into the log.
func (r *Repairs) ignore(prefix, name string) {
	if len(r.ignored) >= maxIgnored {
		return
	}
	name = prefix + withoutFilter(name)
	isSame := func(other string) bool { return scim.EqualName(other, name) }
	if (isURN(name) || isName(name)) && !slices.ContainsFunc(r.ignored, isSame) {
		r.ignored = append(r.ignored, name)
	}
}

// isURN reports whether a name has the form of a URN, or of an attribute with a URN: it
// consists of letters, digits and the punctuation that schemas use.
func isURN(name string) bool {
	const prefix = "urn:"
	return len(name) <= maxIgnoredURN && len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) &&
		!hasOther(name, ":.-_$")
}

// isName reports whether a name has the form of an attribute, or of a sub-attribute with its parent.
func isName(name string) bool {
	return len(name) <= maxIgnoredName && name != "" && isLetter(rune(name[0])) && !hasOther(name, ".-_$")
}

// hasOther reports whether a name has characters other than letters, digits and the given punctuation.
func hasOther(name, punctuation string) bool {
	return strings.ContainsFunc(name, func(c rune) bool {
		return !isLetter(c) && !('0' <= c && c <= '9') && !strings.ContainsRune(punctuation, c)
	})
}

func isLetter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// withoutFilter returns a path without the filter in its brackets.
func withoutFilter(path string) string {
	opening := strings.IndexByte(path, '[')
	if opening < 0 {
		return path
	}
	return path[:opening] + path[max(opening, strings.LastIndexByte(path, ']')+1):]
}
