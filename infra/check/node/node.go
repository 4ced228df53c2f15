// Package node installs the npm packages of a lock file, each list once, in the user's cache.
package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"scimserver/infra/check/cache"
	"scimserver/shared/testkit/command"
)

// Modules returns a folder with the packages of the lock file in a folder.
func Modules(ctx context.Context, source string) (string, error) {
	lock, err := os.ReadFile(filepath.Join(source, "package-lock.json"))
	if err != nil {
		return "", err
	}
	return cache.Folder("node", lock, func(folder string) error {
		if err := Copy(source, folder, "package.json", "package-lock.json"); err != nil {
			return err
		}
		cmd := command.Limited(ctx, 5*time.Minute, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
		cmd.Dir = folder
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("npm ci in %s (it needs npm: apt-get install npm): %w\n%s", source, err, out)
		}
		return nil
	})
}

// Copy copies files from one folder into another.
func Copy(from, into string, names ...string) error {
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(into, name), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
