package gate

import (
	"context"
	"errors"
	"strings"
)

// The tools are pinned here, and `go run` builds them, so nothing has to be installed.
const (
	reviveVersion      = "github.com/mgechev/revive@v1.15.0"
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
	return errors.Join(verifyModules(ctx, t), tidyModules(ctx, t))
}

func verifyModules(ctx context.Context, t tree) error { return t.goTool(ctx, "mod", "verify") }

// tidyModules fails where go.mod and go.sum are not what the source needs.
func tidyModules(ctx context.Context, t tree) error { return t.goTool(ctx, "mod", "tidy", "-diff") }

func staticcheck(ctx context.Context, t tree) error {
	return t.goTool(ctx, "run", staticcheckVersion, "./...")
}

// revive reads revive.toml at the root.
func revive(ctx context.Context, t tree) error {
	return t.goTool(ctx, "run", reviveVersion, "-config", "revive.toml", "-formatter", "unix", "./...")
}

// govulncheck is skipped if its database is unreachable.
func govulncheck(ctx context.Context, t tree) error {
	out, err := t.command(ctx, nil, "go", "run", govulncheckVersion, "./...")
	if err != nil && strings.Contains(out, "fetching vulnerabilities:") {
		return skipped{"the vulnerability database is not reachable"}
	}
	return err
}
