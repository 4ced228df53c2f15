package main_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"os"
	"strings"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/testkit/command"
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
	cmd := command.Limited(b.Context(), limit, b.program, "log", "live", "-follow", "-json")
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
		line, err := command.Line(cmd, lines, limit)
		if err == nil {
			err = json.Unmarshal([]byte(line), &e)
		}
		if err != nil {
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

// logOfMemberships: the log says by name who was added to a group and who was removed, and finds a
// person by a former name, also one who has been deleted.
func logOfMemberships(b *bench) {
	b.run("tenant create crews")
	token := b.json("credential create crews")["secret"].(string)
	bob, ann := b.newUser(201, token, "bob", "bob@crews.example"), b.newUser(201, token, "ann@crews.example")
	_, group := b.scim("POST", "/Groups", token,
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Admins",`+
			`"members":[{"value":"`+bob+`"},{"value":"`+ann+`"}]}`)
	patch := func(path, operation string) {
		b.Helper()
		body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` + operation + `]}`
		if status, answer := b.scim("PATCH", path, token, body); status >= 400 {
			b.Fatalf("PATCH %s: %d %v", path, status, answer)
		}
	}
	patch("/Users/"+bob, `{"op":"replace","path":"userName","value":"robert"}`)
	patch("/Groups/"+group["id"].(string), `{"op":"remove","path":"members[value eq \"`+bob+`\"]"}`)
	if status, _ := b.scim("DELETE", "/Users/"+ann, token, ""); status != 204 {
		b.Fatal(status)
	}
	complete := func(log string) bool { return strings.Contains(log, "leave") && strings.Contains(log, "delete") }
	for deadline := time.Now().Add(time.Minute); !complete(b.run("log crews")); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.Fatalf("no entries of who left and who was deleted:\n%s", b.run("log crews"))
		}
	}
	for args, want := range map[string][]string{
		"-user bob":                 {"removed robert", "userName; before: bob", "added "},
		"-user bob@crews.example":   {"removed robert", "userName; before: bob", "added "},
		"-user bob -group admins":   {"removed robert", "added "},
		"-user ann@crews.example":   {"removed ann@crews.example; because the member was deleted", "delete", "added "},
		"-user " + ann:              {"removed ann@crews.example", "delete"},
		"-group Admins -status 204": {"removed ann@crews.example"},
	} {
		out := b.run("log crews " + args)
		for _, words := range want {
			if !strings.Contains(out, words) {
				b.Errorf("log %s: %q is not in\n%s", args, words, out)
			}
		}
	}
	if out := b.run("log crews -user bob -group admins"); strings.Count(out, "\n") != 3 {
		b.Errorf("the group's entries about bob are\n%s", out)
	}
	r := b.exec("", "log", "crews", "-user", "nobody")
	if r.code != 0 || !strings.Contains(r.err, `no user, group or team of crews has the name "nobody",`+
		` or had it in the last 90 days`) {
		b.Errorf("nobody: %+v", r)
	}
}
