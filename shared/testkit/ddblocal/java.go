package ddblocal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

const (
	oldestJava  = 17 // class files of DynamoDB Local 3 are version 61
	installJava = "install it, for example with: apt-get install openjdk-17-jre-headless"
)

// findJava returns the path of a Java runtime that is new enough: JAVA_HOME's, else the one on PATH.
func findJava(ctx context.Context) (string, error) {
	java, err := exec.LookPath(javaCommand())
	if err != nil {
		return "", fmt.Errorf("DynamoDB Local needs a Java runtime, version %d or newer, and none was found: %s", oldestJava, installJava)
	}
	out, err := exec.CommandContext(ctx, java, "-version").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s -version failed (%w): %s", java, err, out)
	}
	version, err := javaVersion(string(out))
	if err != nil {
		return "", err
	}
	if version < oldestJava {
		return "", fmt.Errorf("DynamoDB Local needs Java %d or newer, but %s is Java %d: %s", oldestJava, java, version, installJava)
	}
	return java, nil
}

func javaCommand() string {
	if home := os.Getenv("JAVA_HOME"); home != "" {
		return filepath.Join(home, "bin", "java")
	}
	return "java"
}

// javaVersion reads the feature release from what `java -version` prints:
// `openjdk version "17.0.15" 2025-04-15`, or `java version "1.8.0_402"` before 9.
func javaVersion(printed string) (int, error) {
	m := regexp.MustCompile(`version "(?:1\.)?(\d+)`).FindStringSubmatch(printed)
	if m == nil {
		return 0, errors.New("cannot read the version that java -version prints: " + printed)
	}
	return strconv.Atoi(m[1])
}
