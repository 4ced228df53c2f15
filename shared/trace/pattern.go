package trace

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used. Few requests are
// traced, and compiling all patterns of this package takes a tenth of a function's start.
type pattern func() *regexp.Regexp

func newPattern(expression string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

func (p pattern) matches(text string) bool { return p().MatchString(text) }
