package gate

import (
	"context"
	"errors"
	"path/filepath"

	"scimserver/infra/check/node"
)

const exampleFolder = "infra/example"

// example checks the example application, which is a module of its own: the go command
// leaves it out of ./... at the root. infra/local/e2e/example runs it.
func example(ctx context.Context, t tree) error {
	m := tree{filepath.Join(t.root, exampleFolder)}
	if err := vet(ctx, m); err != nil {
		return err // it does not compile, so the rest would say the same
	}
	known := govulncheck(ctx, m)
	if isSkipped(known) { // the step of the service's own module says so
		known = nil
	}
	return errors.Join(
		modules(ctx, m),
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
