// Package cache keeps what the checks install in the user's cache, each version once.
package cache

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder returns a folder in the user's cache that fill has filled, once for each key of a
// kind. The folder is renamed when it is complete, so that an interrupted attempt leaves
// nothing that looks complete.
func Folder(kind string, key []byte, fill func(folder string) error) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "scimserver", fmt.Sprintf("%s-%.8x", kind, sha256.Sum256(key)))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return "", err
	}
	made, err := os.MkdirTemp(filepath.Dir(folder), "new-"+kind+"-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(made) }()
	if err := fill(made); err != nil {
		return "", err
	}
	if err := os.Rename(made, folder); err != nil && !errors.Is(err, fs.ErrExist) { // another process was faster
		return "", err
	}
	return folder, nil
}
