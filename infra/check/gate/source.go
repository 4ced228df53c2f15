package gate

import (
	"context"
	"errors"
	"strings"
)

// The tools are pinned here and built by `go run`, so that nothing has to be installed.
const (
	staticcheckVersion = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
	govulncheckVersion = "golang.org/x/vuln/cmd/govulncheck@v1.9.0"
)

func gofmt(ctx context.Context, t tree) error {
	out, err := t.command(ctx, nil, "gofmt", "-l", ".")
	if err == nil && out != "" {
		err = errors.New("not formatted (gofmt -w):\n" + out)
	}
	return err
}

func vet(ctx context.Context, t tree) error { return t.goTool(ctx, "vet", "./...") }

func modules(ctx context.Context, t tree) error {
	return errors.Join(t.goTool(ctx, "mod", "verify"), t.goTool(ctx, "mod", "tidy", "-diff"))
}

func staticcheck(ctx context.Context, t tree) error {
	return t.goTool(ctx, "run", staticcheckVersion, "./...")
}

// govulncheck is skipped where its database cannot be reached: that says nothing about the tree.
func govulncheck(ctx context.Context, t tree) error {
	out, err := t.command(ctx, nil, "go", "run", govulncheckVersion, "./...")
	if err != nil && strings.Contains(out, "fetching vulnerabilities:") {
		return skipped{"the vulnerability database is not reachable"}
	}
	return err
}
