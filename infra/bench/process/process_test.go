package process

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/shared/testkit/command"
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
	_, _, err := Start(t.Context(), script(t, "echo no table; exit 3\n"), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "no table") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("err = %v", err)
	}
}

// ask asks for an event, in the language of bash, and waits for it.
const ask = `
exec 3<>/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}
printf "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n" >&3
cat <&3
`

// End ends the processes that a program has started too: they hold its output open.
func TestEndOfAProgramWithOthers(t *testing.T) {
	p, _, err := Start(t.Context(), script(t, "exec bash -c 'sleep 3600 &\n"+ask+"'\n"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.End()
}

// What a program uses before it asks for an event is counted.
func TestAProgramThatAsks(t *testing.T) {
	program := script(t, "exec bash -c '\nfor ((i = 0; i < 20000; i++)); do :; done\n"+ask+"'\n")
	p, wall, err := Start(t.Context(), program, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	memory, err := Memory(p.Pid())
	if err != nil {
		t.Error(err)
	}
	if cpu := p.End(); wall <= 0 || cpu <= 0 || memory <= 1<<10 {
		t.Errorf("%v, %v, %d bytes", wall, cpu, memory)
	}
}

// The program's name may look like other fields.
func TestTicks(t *testing.T) {
	const stat = "7 (a) R 1) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 9 0 100 1 1"
	if n, err := ticks(stat); n != 300 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := ticks("7 (a) R"); err == nil {
		t.Error("no error for a line without times")
	}
}

// A program that ends later is an error too, and the end of a program that has ended does nothing.
func TestAProgramThatEndsLater(t *testing.T) {
	p, _, err := Start(t.Context(), script(t, "exec bash -c '\n"+ask+"'\n"), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = command.KillGroup(p.cmd)
	for range 2 {
		if err := p.Handle(1); err == nil || !strings.Contains(err.Error(), "killed") {
			t.Errorf("err = %v", err)
		}
	}
	p.End()
}
