package gate

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
)

// cached returns a folder in the user's cache that fill has filled, once for each key of a
// kind. The folder is renamed when it is complete, so that an interrupted attempt leaves
// nothing that looks complete.
func cached(kind string, key []byte, fill func(folder string) error) (string, error) {
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
	return folder, os.Rename(made, folder)
}
