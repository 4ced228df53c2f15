package shared_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is one Go file of the module. Every file counts, whatever its build constraints.
type source struct {
	path      string // from the module's root
	text      string
	syntax    *ast.File
	positions *token.FileSet
	imports   []string // those inside the module from its root: "shared/scim"
}

func (s source) pkg() string  { return path.Dir(s.path) }
func (s source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// uses reports whether the file imports a library or a package of it.
func (s source) uses(library string) bool {
	return slices.ContainsFunc(s.imports, func(i string) bool { return within(i, []string{library, library + "/..."}) })
}

const modulePath = "scimserver/"

// sources parses every Go file below root.
func sources(t *testing.T, root fs.FS) []source {
	t.Helper()
	var all []source
	positions := token.NewFileSet()
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && ignoredFolder(d.Name()) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		s, err := parse(root, name, positions)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// ignoredFolder reports whether the go command ignores a folder.
func ignoredFolder(name string) bool {
	return name == "testdata" || (len(name) > 1 && (name[0] == '.' || name[0] == '_'))
}

func parse(root fs.FS, name string, positions *token.FileSet) (source, error) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return source{}, err
	}
	f, err := parser.ParseFile(positions, name, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	s := source{path: name, text: string(text), syntax: f, positions: positions}
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, err
		}
		s.imports = append(s.imports, strings.TrimPrefix(imported, modulePath))
	}
	return s, nil
}

// packages returns the folders that hold Go files, including folders with tests only.
func packages(all []source) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.pkg())
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// within reports whether pkg matches any pattern: a package's path, or "path/..."
// for everything below that folder.
func within(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		if below, tree := strings.CutSuffix(pattern, "/..."); tree {
			return strings.HasPrefix(pkg, below+"/")
		}
		return pkg == pattern
	})
}
