package shared_test

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// mutableVariables returns the package-level variables of one package that are declared
// without a value, hold a lock, or are changed anywhere.
func mutableVariables(files []source) []string {
	var bad []string
	isVariable := packageVariables(files)
	for _, s := range files {
		for _, spec := range variableSpecs(s.syntax) {
			for i, name := range spec.Names {
				if name.Name != "_" && i >= len(spec.Values) {
					bad = append(bad, s.path+": var "+name.Name+" has no value, so it is meant to change")
				}
			}
			if holdsLock(spec) {
				bad = append(bad, s.path+": var "+spec.Names[0].Name+" holds a lock, so it is meant to change")
			}
		}
		for _, target := range changes(s.syntax) {
			if id := root(target); id != nil && isVariable(id) {
				bad = append(bad, s.path+" changes the package-level var "+id.Name)
			}
		}
	}
	return bad
}

// packageVariables reports whether an identifier is a package-level variable of these
// files. It resolves only their own names; type errors from imports do not matter.
func packageVariables(files []source) func(*ast.Ident) bool {
	var syntax []*ast.File
	for _, s := range files {
		syntax = append(syntax, s.syntax)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Error: func(error) {}}
	pkg, _ := conf.Check(files[0].pkg(), files[0].positions, syntax, info)
	return func(id *ast.Ident) bool {
		v, ok := info.Uses[id].(*types.Var)
		return ok && v.Parent() == pkg.Scope()
	}
}

// variableSpecs returns the variable declarations without those of go:embed.
func variableSpecs(f *ast.File) []*ast.ValueSpec {
	var specs []*ast.ValueSpec
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR || embeds(g.Doc) {
			continue
		}
		for _, spec := range g.Specs {
			if v := spec.(*ast.ValueSpec); !embeds(v.Doc) {
				specs = append(specs, v)
			}
		}
	}
	return specs
}

func embeds(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

// holdsLock looks for sync.X and atomic.X, except sync.OnceValue, whose result does not
// change.
func holdsLock(spec *ast.ValueSpec) bool {
	found := false
	ast.Inspect(spec, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if pkg, ok := sel.X.(*ast.Ident); ok && (pkg.Name == "sync" || pkg.Name == "atomic") {
			found = found || !strings.HasPrefix(sel.Sel.Name, "Once")
		}
		return true
	})
	return found
}

// changes returns the expressions that a file assigns to, increments, takes the address
// of, or deletes from.
func changes(f *ast.File) []ast.Expr {
	var targets []ast.Expr
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			targets = append(targets, n.Lhs...)
		case *ast.IncDecStmt:
			targets = append(targets, n.X)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				targets = append(targets, n.X)
			}
		case *ast.CallExpr:
			if id, ok := n.Fun.(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") && len(n.Args) > 0 {
				targets = append(targets, n.Args[0])
			}
		}
		return true
	})
	return targets
}

// root returns the first identifier of an expression such as x[i].y.
func root(e ast.Expr) *ast.Ident {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}
