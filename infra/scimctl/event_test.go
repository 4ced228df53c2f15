package main_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// events: the events of provisioned users are listed, replayed and followed in their order.
func events(b *bench) {
	b.run("tenant create fed")
	token := b.json("credential create fed")["secret"].(string)
	if out := b.run("event list fed"); !strings.HasSuffix(out, "\nnone\n") {
		b.Errorf("a feed without events:\n%s", out)
	}
	id := b.newUser(201, token, "ann@fed.example")
	b.awaitEvents("fed", 1)
	follow := b.follow("fed")
	b.newUser(201, token, "bob@fed.example")
	b.prints("event list fed", "SEQUENCE ", "user.created ", "ann@fed.example ", id)
	if e := follow.next(); e["type"] != "user.created" || e["sequence"] != 2.0 {
		b.Errorf("followed %v", e)
	}
	follow.stop()
	lines := strings.Split(strings.TrimSpace(b.run("event replay fed -after 0 -until 1")), "\n")
	if len(lines) != 1 || !strings.Contains(lines[0], `"sequence":1,`) || !strings.Contains(lines[0], id) {
		b.Errorf("replayed %q", lines)
	}
	b.prints("event heads", "FEED ", "fed ")
	b.fails(1, "after is 99, but the newest event of this feed is 2", "event list fed -after 99")
	b.fails(2, "must not be smaller", "event replay fed -after 3 -until 2")
	b.fails(2, "must not be negative", "event list fed -limit -1")
	b.fails(1, "no tenant", "event list nobody")
	b.fails(2, "not a whole number", "event tail fed -after x")
}

// awaitEvents waits until a feed has a number of events.
func (b *bench) awaitEvents(of string, n int) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		var list []any
		if err := json.Unmarshal([]byte(b.run("event list "+of+" -json")), &list); err != nil {
			b.Fatal(err)
		}
		if len(list) >= n {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("the feed has %d events, want %d", len(list), n)
		}
	}
}

// follower is a running command event tail.
type follower struct {
	*bench
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func (b *bench) follow(of string) follower {
	b.Helper()
	cmd := command.Limited(b.Context(), limit, b.program, "event", "tail", of, "-after", "1", "-json")
	cmd.Env = b.env
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	return follower{b, cmd, bufio.NewScanner(out)}
}

func (f follower) next() (e map[string]any) {
	f.Helper()
	line, err := command.Line(f.cmd, f.lines, limit)
	if err == nil {
		err = json.Unmarshal([]byte(line), &e)
	}
	if err != nil {
		f.Fatal(err)
	}
	return e
}

// stop ends the command in the same way as Ctrl-C.
func (f follower) stop() {
	f.Helper()
	if err := f.cmd.Process.Signal(os.Interrupt); err != nil {
		f.Fatal(err)
	}
	if err := f.cmd.Wait(); err != nil {
		f.Errorf("after Ctrl-C: %v", err)
	}
}
