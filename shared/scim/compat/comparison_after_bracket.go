package compat

import "strings"

// comparisonAfterBracket moves a comparison that follows the bracket of a value path into the
// brackets. Entra ID sends, to find a user by email:
//
//	filter=emails[type eq "work"].value eq "jane@example.com"
//
// and, in the form of its documentation, without the sub-attribute, which is value:
//
//	filter=emails[type eq "work"] eq "jane@example.com"
func (r *Repairs) comparisonAfterBracket(tokens []string) []string {
	for closing := 0; closing < len(tokens); closing++ {
		if tokens[closing] != "]" {
			continue
		}
		sub, op := "value", skipBlanks(tokens, closing+1)
		if op == closing+1 && op < len(tokens) && strings.HasPrefix(tokens[op], ".") {
			sub, op = tokens[op][1:], skipBlanks(tokens, op+1)
		}
		v := skipBlanks(tokens, op+1)
		opening := lastIndex(tokens[:closing], "[")
		if op >= len(tokens) || !isComparison(tokens[op]) || v >= len(tokens) || opening < 0 {
			continue
		}
		r.report("behind-bracket")
		inside := strings.Join(tokens[opening+1:closing], "")
		moved := append([]string{}, tokens[:opening+1]...)
		moved = append(moved, "(", inside, ")", " and ", sub, " ", tokens[op], " ", tokens[v], "]")
		closing = len(moved) - 1
		tokens = append(moved, tokens[v+1:]...)
	}
	return tokens
}

func lastIndex(tokens []string, want string) int {
	for i := len(tokens) - 1; i >= 0; i-- {
		if tokens[i] == want {
			return i
		}
	}
	return -1
}
