package shared_test

import (
	"fmt"
	"go/ast"
	"strings"
)

// programsHaveALimit refuses os/exec's commands elsewhere than in the package that keeps them from
// blocking their caller. The console opens a browser and does not wait for it.
func programsHaveALimit(all []source) []string {
	var bad []string
	for _, s := range all {
		if within(s.pkg(), []string{"shared/testkit/command"}) || s.path == "infra/scimctl/console/open.go" {
			continue
		}
		ast.Inspect(s.syntax, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && isName(sel.X, "exec") && strings.HasPrefix(sel.Sel.Name, "Command") {
				const format = "%s uses exec.%s: use shared/testkit/command, because otherwise a process that a " +
					"program has started and that keeps its output open blocks Wait forever"
				bad = append(bad, fmt.Sprintf(format, s.path, sel.Sel.Name))
			}
			return true
		})
	}
	return bad
}

func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}
