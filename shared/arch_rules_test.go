package shared_test

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestRulesSeeViolations breaks each rule once, each in its own tree.
func TestRulesSeeViolations(t *testing.T) {
	cases := []struct{ rule, file, text, want string }{
		{
			"imports point one way", "shared/scim/x.go", `package scim; import _ "scimserver/shared/tenant"`,
			"imports shared/tenant",
		},
		{
			"imports point one way", "shared/directory/x.go",
			`package directory; import _ "scimserver/shared/server"`, "never HTTP",
		},
		{
			"imports point one way", "functions/users/main.go",
			`package main; import _ "scimserver/shared/testkit"`, "test support",
		},
		{
			"imports point one way", "shared/server/x.go",
			`package server; import _ "scimserver/functions/users"`, "imports functions/users",
		},
		{
			"tests import downwards", "shared/server/x_test.go",
			`package server; import _ "scimserver/infra/local"`, "imports infra/local",
		},
		{
			"libraries have their place", "shared/server/x.go",
			`package server; import _ "github.com/aws/aws-sdk-go-v2/aws"`, "one package each calls",
		},
		{
			"scim does no I/O", "shared/scim/filter/x.go", `package filter; import _ "net/http/httptest"`,
			"imports net/http/httptest",
		},
		{
			"scim does no I/O", "shared/scim/x.go",
			`package scim; import "net/http"; const c = http.StatusOK; func f(r *http.Request) {}`,
			"uses http.Request",
		},
		{"named packages exist", "shared/scim/x.go", `package scim`, "shared/tenant is named in a rule"},
		{"named libraries are used", "shared/scim/x.go", `package scim`, "nothing imports it"},
		{"functions are wiring only", "functions/users/main.go", "package main" + strings.Repeat("\n", 61), "61 lines"},
		{"functions are wiring only", "functions/users/x.go", "package users", "is a program"},
		{"shared has no program", "shared/tool/x.go", "package main", "programs belong"},
		{"the root has no Go file", "x.go", "package x", "the root has no package"},
		{"every package has its place", "shared/common/x.go", "package common", "has no place"},
		{"nothing is left for later", "shared/scim/x.go", "package scim // TO" + "DO: later", "write an issue"},
		{
			"errors are matched", "shared/scim/x.go",
			"package scim; func f(err error) bool { return err != errLost }", "compares an error with !=",
		},
		{
			"errors are matched", "shared/scim/x.go",
			"package scim; func f(err error) bool { return io.EOF == err }", "compares an error with ==",
		},
		{
			"errors are matched", "shared/scim/x.go",
			"package scim; func f(err error) { switch err { case nil, x.ErrLost: } }", "switches on the value",
		},
		{
			"errors are matched", "shared/scim/x.go", "package scim; func f(err error) { _, _ = err.(*lost) }",
			"asserts the type",
		},
		{
			"programs have a limit", "infra/local/x_test.go",
			`package local; import "os/exec"; func f() { _ = exec.Command("go").Run() }`, "uses exec.Command",
		},
		{"no package state, no init", "shared/scim/x.go", "package scim; func init() {}", "func init"},
		{"no package state, no init", "shared/scim/x.go", "package scim; var n int", "var n has no value"},
		{
			"no package state, no init", "shared/scim/x.go", "package scim; var n = 1; func f() { n++ }",
			"changes the package-level var n",
		},
		{
			"no package state, no init", "shared/scim/x.go",
			`package scim; var m = map[string]int{}; func f() { m["a"] = 1 }`,
			"changes the package-level var m",
		},
		{"no package state, no init", "shared/scim/x.go", `package scim; var l = &sync.Mutex{}`, "var l holds a lock"},
	}
	for _, c := range cases {
		all := sources(t, fstest.MapFS{c.file: {Data: []byte(c.text)}})
		if got := strings.Join(rules[c.rule](all), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s on %q: %q, want it to say %q", c.rule, c.text, got, c.want)
		}
	}
}

// TestRulesAllowWhatIsFine shows that no rule refuses everything.
func TestRulesAllowWhatIsFine(t *testing.T) {
	fine := fstest.MapFS{"shared/scim/x.go": {Data: []byte(`// Package scim is fine.
package scim

import (
	"embed"
	"errors"
)

//go:embed x.json
var files embed.FS

var errLost = errors.New("lost")

var table = map[string]int{"a": 1}

func f() { table := map[string]int{}; table["b"] = 1 }

func g(err error) bool { return err == nil || errors.Is(err, errLost) }
`)}}
	for name, check := range rules {
		if strings.HasPrefix(name, "named ") {
			continue // one package is not the whole tree
		}
		if bad := check(sources(t, fine)); len(bad) > 0 {
			t.Errorf("%s: %q", name, bad)
		}
	}
}
