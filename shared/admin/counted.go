package admin

import (
	"fmt"
	"strings"
)

// Counted is a number with its noun: "1 entry", "2 entries". The texts of the API use it, and those of
// its clients.
func Counted(n int, noun string) string { return fmt.Sprintf("%d %s", n, Noun(n, noun)) }

// Noun is the noun of Counted without the number.
func Noun(n int, noun string) string {
	switch {
	case n != 1 && strings.HasSuffix(noun, "ry"):
		noun = strings.TrimSuffix(noun, "y") + "ies"
	case n != 1:
		noun += "s"
	}
	return noun
}
