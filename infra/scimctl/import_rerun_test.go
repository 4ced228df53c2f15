package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// resumed: wherever an import ends, the same command makes what is missing, once.
func resumed(b *bench) {
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
	b.fails(1, "the same command goes on", "account import "+path+" -env-file "+b.file("env", "ADMIN_SECRET_ACCESS_KEY=wrong\n"))
	r := b.exec("", "account", "import", path, "-json")
	var got struct{ Created, AlreadyThere, Rejected int }
	err := json.Unmarshal([]byte(r.out), &got)
	if err != nil || r.code != 1 || got.Created+got.AlreadyThere != rows-6 || got.Rejected != 6 || !strings.Contains(r.err, "goes on behind") {
		b.Errorf("resumed: %+v, %v", r, err)
	}
	b.report(path+".rejects.csv", "9 no email", "49 no email", "89 no email", "129 no email", "169 no email", "209 no email")
	if n := b.count(); n != start+rows-6 {
		b.Errorf("%d accounts, want %d", n, start+rows-6)
	}
	b.imports(0, rows-6, 6, "", path)
	b.whole(rows - 6)
}

// anew: progress goes with the very file, and with its report.
func anew(b *bench) {
	const text = "userName\na,b\nanew\n"
	for what, spoil := range map[string]func(string) error{
		"file":   func(path string) error { return os.WriteFile(path, []byte(text+"\n"), 0o600) },
		"report": func(path string) error { return os.Remove(path + ".rejects.csv") },
	} {
		path := b.file("people.csv", text)
		b.fails(1, "stopped behind 1 rows", "account import "+path+" -env-file "+b.file("env", "ADMIN_SECRET_ACCESS_KEY=wrong\n"))
		if err := spoil(path); err != nil {
			b.Fatal(err)
		}
		if r := b.exec("", "account", "import", path); r.code != 1 || !strings.Contains(r.err, "starts anew") {
			b.Errorf("another %s: %+v", what, r)
		}
		b.report(path+".rejects.csv", "2 2 cells")
	}
	b.imports(0, 1, 0, "userName\nanew\n", "-", "-format", "csv")
}

// ahead: what a killed import has reported and not counted is reported once.
func ahead(b *bench) {
	path := b.file("people.csv", "userName\na,b\nahead\n,\n")
	b.fails(1, "stopped behind 1 rows", "account import "+path+" -env-file "+b.file("env", "ADMIN_SECRET_ACCESS_KEY=wrong\n"))
	report, err := os.OpenFile(path+".rejects.csv", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	_, err = report.WriteString("4,the row has 2 ce")
	if err := errors.Join(err, report.Close()); err != nil {
		b.Fatal(err)
	}
	if r := b.exec("", "account", "import", path); r.code != 1 || !strings.Contains(r.err, "goes on behind 1 rows") {
		b.Errorf("resumed: %+v", r)
	}
	b.report(path+".rejects.csv", "2 2 cells", "4 2 cells")
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
	if by == os.Interrupt && !strings.Contains(errs.String(), "interrupted\nthe import stopped behind") {
		b.Errorf("interrupted: %s", errs.String())
	}
}
