package ddblocal

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// cached returns the folder with a name in the user's cache. The first time, fetch fills
// an empty folder, and returns the folder in it that is to be kept. Processes may call it
// at the same time: each works in its own folder, and the first rename succeeds.
func cached(
	ctx context.Context,
	name string,
	fetch func(ctx context.Context, work string) (string, error),
) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder for %s: %w", name, err)
	}
	parent := filepath.Join(cache, "scimserver")
	target := filepath.Join(parent, name)
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(parent, "install-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(work) }()
	made, err := fetch(ctx, work)
	if err != nil {
		return "", err
	}
	return target, moveInPlace(made, target)
}

// moveInPlace renames a folder. If another process was faster, its copy is used.
func moveInPlace(from, target string) error {
	err := os.Rename(from, target)
	if _, missing := os.Stat(target); missing == nil {
		return nil
	}
	return err
}

// writeFile writes one file of an archive below a folder. The name must be local.
func writeFile(into, name string, mode os.FileMode, content io.Reader) error {
	name = filepath.FromSlash(name)
	if !filepath.IsLocal(name) {
		return fmt.Errorf("unexpected entry %q", name)
	}
	path := filepath.Join(into, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, content); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// say reports a slow step.
func say(progress io.Writer, format string, args ...any) {
	if progress != nil {
		_, _ = fmt.Fprintf(progress, format+"\n", args...)
	}
}
