package main_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"strings"

	"scimserver/shared/provlog"
)

// logAsCSV: a spreadsheet reads each entry as a row, and no text of a provider as a formula.
func logAsCSV(b *bench) {
	b.run("tenant create sheet")
	token := b.json("credential create sheet")["secret"].(string)
	b.newUser(201, token, "=HYPERLINK(1)")
	b.newUser(409, token, "=HYPERLINK(1)")
	rows, err := csv.NewReader(strings.NewReader(b.run("log sheet -status 409 -format csv"))).ReadAll()
	if err != nil || len(rows) != 2 {
		b.Fatalf("rows %q, %v", rows, err)
	}
	cells := map[string]string{}
	for i, name := range rows[0] {
		cells[name] = rows[1][i]
	}
	if cells["status"] != "409" || cells["name"] != "'=HYPERLINK(1)" || cells["scimType"] != "uniqueness" {
		b.Errorf("the row is %v", cells)
	}
}

// logFollows: -follow prints what is there, and then each new entry once.
func logFollows(b *bench) {
	b.run("tenant create live")
	token := b.json("credential create live")["secret"].(string)
	b.newUser(400, token, "")
	cmd := exec.CommandContext(b.Context(), b.program, "log", "live", "-follow", "-json")
	cmd.Env = b.env
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	next := func() (e provlog.Entry) {
		if !lines.Scan() {
			b.Fatalf("the output ended: %v", lines.Err())
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			b.Fatal(err)
		}
		return e
	}
	if e := next(); e.Kind != "Credential" || e.Operator == "" {
		b.Errorf("the oldest entry is %+v", e)
	}
	if e := next(); e.Status != 400 || e.Name != "" {
		b.Errorf("the entry from before is %+v", e)
	}
	b.newUser(201, token, "ann")
	if e := next(); e.Status != 201 || e.Name != "ann" {
		b.Errorf("the new entry is %+v", e)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		b.Fatal(err)
	}
	if lines.Scan() {
		b.Errorf("another line: %s", lines.Text())
	}
	if err := cmd.Wait(); err != nil {
		b.Errorf("after Ctrl-C: %v", err)
	}
}
