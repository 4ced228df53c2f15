package shared_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
)

// sentinelName matches the names of errors that callers compare with.
var sentinelName = regexp.MustCompile(`^([eE]rr[A-Z]\w*|EOF|Canceled|DeadlineExceeded)$`)

// errorsAreMatched refuses comparisons that miss a wrapped error: with ==, in a switch, and
// by a type assertion.
func errorsAreMatched(all []source) []string {
	var bad []string
	for _, s := range all {
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			if says := comparesError(n); says != "" {
				bad = append(bad, fmt.Sprintf("%s %s", s.positions.Position(n.Pos()), says))
			}
			return true
		})
	}
	return bad
}

func comparesError(n ast.Node) string {
	const use = ": a wrapped error is missed; use errors.Is or errors.AsType"
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if (n.Op == token.EQL || n.Op == token.NEQ) && (isSentinel(n.X) || isSentinel(n.Y)) {
			return "compares an error with " + n.Op.String() + use
		}
	case *ast.SwitchStmt:
		if n.Tag != nil && slices.ContainsFunc(n.Body.List, hasSentinel) {
			return "switches on the value of an error" + use
		}
	case *ast.TypeAssertExpr:
		if id, ok := n.X.(*ast.Ident); ok && id.Name == "err" {
			return "asserts the type of an error" + use
		}
	}
	return ""
}

func hasSentinel(clause ast.Stmt) bool {
	c, ok := clause.(*ast.CaseClause)
	return ok && slices.ContainsFunc(c.List, isSentinel)
}

func isSentinel(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return sentinelName.MatchString(e.Name)
	case *ast.SelectorExpr:
		return sentinelName.MatchString(e.Sel.Name)
	}
	return false
}
