package starts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// A program that ends before it asks for an event is an error, with what it printed.
func TestAProgramThatEnds(t *testing.T) {
	_, err := measure(t.Context(), script(t, "echo no table; exit 3\n"), nil)
	if err == nil || !strings.Contains(err.Error(), "no table") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("err = %v", err)
	}
}

// What a program uses before it asks for an event is counted.
func TestAProgramThatAsks(t *testing.T) {
	program := script(t, `exec bash -c '
for ((i = 0; i < 20000; i++)); do :; done
exec 3<>/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}
printf "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n" >&3
cat <&3'
`)
	s, err := measure(t.Context(), program, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.wall <= 0 || s.cpu <= 0 || s.memory <= 1<<10 {
		t.Errorf("%+v", s)
	}
}
