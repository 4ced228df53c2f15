package compat

import (
	"slices"
	"strings"
)

// The bounds on the names of one request that are reported as ignored: their number,
// and the bytes of each.
const (
	maxIgnored     = 20
	maxIgnoredName = 200
)

// Ignored returns the attributes that the request named with a URN and that the resource
// type does not have, as the client spelled them. Each name comes once, in the order of
// the request. There are at most 20.
func (r *Repairs) Ignored() []string { return r.ignored }

// ignore reports a name among those of Ignored. One without a URN is not reported: it
// may be anything, and the log holds no values.
func (r *Repairs) ignore(name string) {
	name = withoutFilter(name)
	if isURN(name) && len(r.ignored) < maxIgnored && !slices.Contains(r.ignored, name) {
		r.ignored = append(r.ignored, name)
	}
}

// isURN reports whether a name has the form of a URN, or of an attribute behind one:
// letters, digits and the marks that schemas use.
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
