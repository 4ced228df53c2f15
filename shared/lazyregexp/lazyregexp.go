// Package lazyregexp compiles regular expressions when they are first used, so that the start of a function does not
// wait for them. Compiling those of package trace took a tenth of the start.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp returns a regular expression. It is safe for concurrent use.
type Regexp func() *regexp.Regexp

// New returns a Regexp that is compiled at its first use, and panics then if the expression is invalid.
func New(expression string) Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// Match reports whether the text contains a match.
func (r Regexp) Match(text string) bool { return r().MatchString(text) }
