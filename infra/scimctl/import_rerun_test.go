package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// rerun: wherever an import ends, the same command creates what is missing, once.
func rerun(b *bench) {
	const rows = 240
	var text strings.Builder
	text.WriteString("userName,email\n")
	for i := range rows {
		if i%40 == 7 {
			fmt.Fprintf(&text, "bad%d,nonsense\n", i)
			continue
		}
		fmt.Fprintf(&text, "p%d,p%d@p.example\n", i, i)
	}
	path := b.file("people.csv", text.String())
	start := b.count()
	b.interrupt(path, start+40, os.Kill)
	b.interrupt(path, start+100, os.Interrupt)
	b.fails(1, "stopped after 0 rows (0 created, 0 already there, 0 rejected); run the same command again to continue",
		"account import "+path+" -env-file "+b.file("env", "ADMIN_SECRET_ACCESS_KEY=wrong\n"))
	r := b.exec("", "account", "import", path, "-json")
	var got struct{ Created, AlreadyThere, Rejected int }
	err := json.Unmarshal([]byte(r.out), &got)
	if err != nil || r.code != 1 || got.AlreadyThere < 100 || got.Created+got.AlreadyThere != rows-6 || got.Rejected != 6 {
		b.Errorf("run again: %+v, %v", r, err)
	}
	b.report(path+".rejects.csv", "9 emails: \"nonsense\" is not an email", "49 emails: \"nonsense\" is not an email", "89 emails: \"nonsense\" is not an email", "129 emails: \"nonsense\" is not an email", "169 emails: \"nonsense\" is not an email", "209 emails: \"nonsense\" is not an email")
	if n := b.count(); n != start+rows-6 {
		b.Errorf("%d accounts, want %d", n, start+rows-6)
	}
	b.imports(0, rows-6, 6, "", path)
	b.whole(rows - 6)
}

// dying: functions that die in the middle of requests neither lose rows nor reject them.
func dying(b *bench) {
	const rows = 120
	var text strings.Builder
	for i := range rows {
		fmt.Fprintf(&text, "{\"userName\":\"d%d\",\"emails\":[{\"value\":\"d%d@d.example\"}]}\n", i, i)
	}
	start := b.count()
	ended := make(chan result, 1)
	path := b.file("people.jsonl", text.String())
	go func() { ended <- b.exec("", "account", "import", path) }()
	for n := 20; n <= 80; n += 20 {
		for deadline := time.Now().Add(time.Minute); b.count() < start+n && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		if b.stack.Kill("AdminFunction") == 0 {
			b.Error("nothing was killed")
		}
	}
	if r := <-ended; r.code != 0 || !strings.Contains(r.out, "rejected       0") {
		b.Errorf("imported: %+v", r)
	}
	b.imports(0, rows, 0, "", path)
	if n := b.count(); n != start+rows {
		b.Errorf("%d accounts, want %d", n, start+rows)
	}
}

// interrupt ends an import by a signal once there are so many accounts.
func (b *bench) interrupt(path string, accounts int, by os.Signal) {
	b.Helper()
	cmd := exec.Command(b.program, "account", "import", path, "-parallel", "4")
	var errs strings.Builder
	cmd.Env, cmd.Stderr = b.env, &errs
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for b.count() < accounts {
		select {
		case err := <-ended:
			b.Fatalf("the import ended early: %v, %s", err, errs.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	if err := cmd.Process.Signal(by); err != nil {
		b.Fatal(err)
	}
	if err := <-ended; err == nil {
		b.Fatal("the import was through before it was interrupted")
	}
	if by == os.Interrupt && !strings.Contains(errs.String(), "interrupted\nthe import stopped after") {
		b.Errorf("interrupted: %s", errs.String())
	}
}
