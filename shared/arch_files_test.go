package shared_test

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"
)

// functionLines bounds the lines of a function's program.
const functionLines = 60

func functionsAreWiringOnly(all []source) []string {
	var bad []string
	lines := map[string]int{}
	for _, s := range all {
		if !within(s.pkg(), []string{"functions/..."}) || s.isTest() {
			continue
		}
		if s.syntax.Name.Name != "main" {
			bad = append(bad, s.path+": a folder of functions is a program")
		}
		lines[s.pkg()] += strings.Count(s.text, "\n")
	}
	for pkg, n := range lines {
		if n > functionLines {
			bad = append(bad,
				fmt.Sprintf("%s has %d lines, at most %d are allowed: move the rest to shared", pkg, n, functionLines))
		}
	}
	return bad
}

func sharedHasNoProgram(all []source) []string {
	var bad []string
	for _, s := range all {
		if within(s.pkg(), []string{"shared/..."}) && s.syntax.Name.Name == "main" {
			bad = append(bad, s.path+": programs belong in functions and infra")
		}
	}
	return bad
}

func rootHasNoGoFile(all []source) []string {
	var bad []string
	for _, s := range all {
		if s.pkg() == "." {
			bad = append(bad, s.path+": the root has no package")
		}
	}
	return bad
}

func nothingIsLeftForLater(all []source) []string {
	marker := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XXX)\b`)
	var bad []string
	for _, s := range all {
		for _, group := range s.syntax.Comments {
			if m := marker.FindString(group.Text()); m != "" {
				bad = append(bad, s.path+" says "+m+": do it, or write an issue")
			}
		}
	}
	return bad
}

// noPackageState refuses package-level variables that change after their declaration.
// Variables that are never assigned again are allowed: errors, tables, compiled
// expressions.
func noPackageState(all []source) []string {
	var bad []string
	byPackage := map[string][]source{}
	for _, s := range all {
		name := s.pkg() + " " + s.syntax.Name.Name // x and x_test are two packages
		byPackage[name] = append(byPackage[name], s)
		for _, d := range s.syntax.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				bad = append(bad, s.path+": func init runs at import: call a function instead")
			}
		}
	}
	for _, files := range byPackage {
		bad = append(bad, mutableVariables(files)...)
	}
	return bad
}
