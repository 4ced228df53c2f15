package gate

import (
	"context"
	"errors"
	"path/filepath"

	"scimserver/infra/check/node"
)

// The folders that are modules of their own: the go command leaves them out of ./... at the
// root.
const (
	exampleFolder = "infra/example"
	benchFolder   = "infra/bench"
)

// example checks the example application. infra/local/e2e/example runs it.
func example(ctx context.Context, t tree) error {
	m := tree{filepath.Join(t.root, exampleFolder)}
	return errors.Join(verifyModules(ctx, m), t.submodule(ctx, m))
}

// bench checks the comparison with other programs, and runs it once in small sizes. Its module
// cannot be verified as a whole, because one of the modules that it requires is this project's folder.
func bench(ctx context.Context, t tree) error {
	m := tree{filepath.Join(t.root, benchFolder)}
	if err := t.submodule(ctx, m); err != nil {
		return err
	}
	return m.goTool(ctx, "run", ".", "-quick")
}

// submodule checks a module in a folder below the root with the checks of the root's module.
func (t tree) submodule(ctx context.Context, m tree) error {
	if err := vet(ctx, m); err != nil {
		return err // it does not compile, so the other checks would report the same
	}
	known := govulncheck(ctx, m)
	if isSkipped(known) { // the step of the service's own module says so
		known = nil
	}
	return errors.Join(
		tidyModules(ctx, m),
		staticcheck(ctx, m),
		m.goTool(
			ctx, "run", reviveVersion, "-config", filepath.Join(t.root, "revive.toml"), "-formatter", "unix", "./...",
		),
		m.goTool(ctx, "test", "./..."),
		known,
	)
}

// typescript compiles the consumer in TypeScript, without output. Its packages are
// installed in the user's cache, once for each version of the lock file.
func typescript(ctx context.Context, t tree) error {
	source := filepath.Join(t.root, exampleFolder, "consumer-ts")
	if err := need("npm", "the consumer in TypeScript", "apt-get install npm"); err != nil {
		return err
	}
	installed, err := node.Modules(ctx, source)
	if err != nil {
		return err
	}
	if err := node.Copy(source, installed, "tsconfig.json", "consumer.ts"); err != nil {
		return err
	}
	_, err = tree{installed}.command(ctx, nil, "npx", "--no-install", "tsc", "--noEmit")
	return err
}
