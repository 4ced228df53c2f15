package main_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// brokenRows: a row that is not CSV is rejected with the number of its line, and is in
// the report as it is in the file. A quote that is not closed costs the rows up to the
// next quote, which the reason says.
func brokenRows(b *bench) {
	long := "big," + strings.Repeat("x", 1<<20)
	path := b.file("broken.csv",
		"userName,displayName\nid,\"bad\" x\nw1,\"open\nw2,Two\nw3,\"Three\"\n"+long+
			"\n\nw4,\"a\nb\",\nrow5,Five\nw6,\"never\nw7,\n")
	b.imports(1, 0, 5, "", path)
	b.report(path+".rejects.csv", "2 not valid CSV", "3 not closed correctly, so lines 3 to 5 can't be read",
		"6 64 KiB", "8 3 cells",
		"11 not closed correctly, so lines 11 to 12 can't be read")
	f, err := os.Open(path + ".rejects.csv")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	for i, want := range map[int]string{
		1: `id,"bad" x`, 2: "w1,\"open\nw2,Two\nw3,\"Three\"", 3: long[:64<<10] + "...", 4: "w4,\"a\nb\",",
		5: "w6,\"never\nw7,",
	} {
		if err != nil || rows[i][2] != want {
			b.Errorf("reported %.300q, want %.300q, %v", rows[i], want, err)
		}
	}
	b.found("row5", `[]`)
}

// dryRun: it says what the import then does, and changes nothing.
func dryRun(b *bench) {
	b.run("account create y1 -email y1@a.example")
	b.run("account create y2")
	path := b.file("dry.csv",
		"userName,email\ny1,y1@a.example\nY2,y2@a.example\ny3,Y1@a.example\ny4,y4@a.example\nY4,\n"+
			"y5,nonsense\n\"y\"6,\n")
	before := b.run("account list")
	r := b.exec("", "account", "import", path, "-dry-run", "-json")
	var got struct {
		DryRun                          bool
		Created, AlreadyThere, Rejected int
		RejectedRows                    []struct {
			Line   int
			Reason string
		}
	}
	err := json.Unmarshal([]byte(r.out), &got)
	if err != nil || r.code != 1 || !strings.Contains(r.err, "5 rows would be rejected") {
		b.Fatalf("%+v, %v", r, err)
	}
	if !got.DryRun || got.Created != 1 || got.AlreadyThere != 1 || got.Rejected != 5 {
		b.Errorf("the counts are %+v", got)
	}
	for i, want := range []string{`userName "Y2" is taken by account`, `email "Y1@a.example" is in line 2 too`,
		`userName "Y4" is in line 5 too`,
		"not an email address", "not valid CSV"} {
		if line := got.RejectedRows[i].Line; !strings.Contains(got.RejectedRows[i].Reason, want) ||
			line != []int{3, 4, 6, 7, 8}[i] {
			b.Errorf("rejected %+v, want %s", got.RejectedRows[i], want)
		}
	}
	out := b.exec("", "account", "import", path, "-dry-run").out
	if !strings.Contains(out, "dry run: nothing is created") || !strings.Contains(out, "line 8 ") {
		b.Errorf("for people:\n%s", out)
	}
	unknown := b.file("dry.jsonl", `{"userName":"y7","nme":1}`+"\n"+`{"userName":"y7","userName":"y8"}`+"\n")
	r = b.exec("", "account", "import", unknown, "-dry-run")
	if !strings.Contains(r.out, "unknown field") || !strings.Contains(r.err, "2 rows") {
		b.Errorf("JSON: %+v", r)
	}
	if after := b.run("account list"); after != before {
		b.Errorf("accounts changed:\n%s\n%s", before, after)
	}
	if left, _ := filepath.Glob(path + ".*"); left != nil {
		b.Errorf("left behind: %v", left)
	}
	b.imports(1, 1, 5, "", path)
}
