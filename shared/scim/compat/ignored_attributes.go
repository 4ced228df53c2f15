package compat

import (
	"slices"
	"strings"
)

// Limits on the ignored attributes of one request that are reported.
const (
	maxIgnored     = 20  // names
	maxIgnoredName = 200 // bytes
)

// Ignored returns the names of ignored attributes: the request names them with a URN, and
// the resource type does not have them. They have the spelling of the client and the order
// of the request. Each is returned once, and at most 20 are.
func (r *Repairs) Ignored() []string { return r.ignored }

// ignore adds a name to Ignored. Names without a URN are left out: they may contain values,
// which must not get into the log.
func (r *Repairs) ignore(name string) {
	name = withoutFilter(name)
	if isURN(name) && len(r.ignored) < maxIgnored && !slices.Contains(r.ignored, name) {
		r.ignored = append(r.ignored, name)
	}
}

// isURN reports whether a name has the form of a URN, or of an attribute with a URN: it
// consists of letters, digits and the punctuation that schemas use.
func isURN(name string) bool {
	const prefix = "urn:"
	odd := func(c rune) bool {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		return !letter && !('0' <= c && c <= '9') && !strings.ContainsRune(":.-_$", c)
	}
	return len(name) <= maxIgnoredName && len(name) > len(prefix) && strings.EqualFold(name[:len(prefix)], prefix) &&
		strings.IndexFunc(name, odd) < 0
}

// withoutFilter returns a path without the filter in its brackets.
func withoutFilter(path string) string {
	opening := strings.IndexByte(path, '[')
	if opening < 0 {
		return path
	}
	return path[:opening] + path[max(opening, strings.LastIndexByte(path, ']')+1):]
}
