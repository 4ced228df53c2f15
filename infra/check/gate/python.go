package gate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
)

// python returns the folder of the programs of a virtual environment that holds
// the tools of infra/check/python. It is made once for each version of that list,
// in the user's cache. A marker, written last, tells a complete environment from
// one whose installation was interrupted.
func (t tree) python(ctx context.Context) (string, error) {
	list := filepath.Join(t.root, "infra", "check", "python", "tools.txt")
	env, err := environmentFor(list)
	if err != nil {
		return "", err
	}
	bin, marker := filepath.Join(env, "bin"), filepath.Join(env, "complete")
	if _, err := os.Stat(marker); err == nil {
		return bin, nil
	}
	const install = "apt-get install python3-venv"
	if err := need("python3", "this check", install); err != nil {
		return "", err
	}
	if out, err := t.command(ctx, nil, "python3", "-m", "venv", "--clear", env); err != nil {
		return "", fmt.Errorf("this check needs Python's venv: install it, for example with: %s\n%s", install, out)
	}
	// The list is complete, so pip has nothing to resolve.
	pip := []string{"install", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes",
		"--requirement", list}
	if _, err := t.command(ctx, nil, filepath.Join(bin, "pip"), pip...); err != nil {
		return "", err
	}
	return bin, os.WriteFile(marker, nil, 0o644)
}

// environmentFor is the folder of the virtual environment for a list of packages.
func environmentFor(list string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(list)
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "scimserver", fmt.Sprintf("python-%.8x", sha256.Sum256(text))), nil
}
