package main_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"scimserver/shared/directory"
	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
	"scimserver/shared/testkit/command"
)

// file writes a file to import.
func (b *bench) file(name, text string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

// imports expects the counts of an import, and an exit status that fits.
func (b *bench) imports(created, there, rejected int, input string, args ...string) {
	b.Helper()
	r := b.exec(input, append([]string{"account", "import", "-json"}, args...)...)
	var got struct{ Created, AlreadyThere, Rejected int }
	err := json.Unmarshal([]byte(r.out), &got)
	if err != nil || got.Created != created || got.AlreadyThere != there || got.Rejected != rejected {
		b.Errorf("import %v: %+v, %v; want %d, %d, %d", args, r, err, created, there, rejected)
	}
	if want := min(rejected, 1); r.code != want {
		b.Errorf("import %v: exit status %d, want %d: %s", args, r.code, want, r.err)
	}
}

func (b *bench) found(name, want string) {
	b.Helper()
	text, err := json.Marshal(b.json("account find -username " + name)["emails"])
	if err != nil || string(text) != want {
		b.Errorf("%s has %s, %v; want %s", name, text, err, want)
	}
}

func imports(b *bench) {
	table := b.file("People.CSV", "\ufeffUserName,displayName,email,emailVerified,email2,email2Verified\r\n"+
		"c1,\"One, Ann\",c1@a.example,true,C1@b.example,no\r\n\r\n c2 ,,,,,\r\n"+
		"c3,\"Two\nlines, no\",c3@a.example,,,\r\n")
	b.imports(2, 0, 1, "", table)
	b.imports(0, 2, 1, "", table)
	b.found("c1",
		`[{"primary":true,"value":"c1@a.example","verified":true},{"primary":false,"value":"C1@b.example",`+
			`"verified":false}]`)
	b.found("c2", `[]`)
	lines := `{"userName":"j1","displayName":"J <1>","emails":[{"value":"j1@a.example",` +
		`"verified":true}]}` + "\n\n" + `{"userName":"j2"}`
	b.imports(2, 0, 0, "", b.file("people.jsonl", "\ufeff"+lines))
	b.found("j1", `[{"primary":false,"value":"j1@a.example","verified":true}]`)
	b.imports(0, 2, 0, lines, "-", "-format", "jsonl", "-rejects", filepath.Join(b.TempDir(), "none"))
	b.imports(1, 1, 0, "", b.file("names.txt", "userName,email\nJ2,\nt1,t1@a.example\n"), "-format", "csv")
	b.imports(1, 0, 0, "", b.file("semicolons.csv", "userName;displayName\nsemi1;One, D\n"), "-delimiter", ";")
	b.imports(1, 0, 0, "", b.file("tabs.csv", "userName\temail\ntab1\td2@a.example\n"), "-delimiter", "tab")
	b.found("tab1", `[{"primary":true,"value":"d2@a.example","verified":false}]`)
	b.imports(0, 0, 0, "", b.file("empty.jsonl", ""))
	b.imports(0, 0, 0, "", b.file("header.csv", "userName"))
}

// report reads the report of rejected rows: a line and a reason each.
func (b *bench) report(path string, want ...string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != len(want)+1 {
		b.Fatalf("the report: %q, %v; want %q", rows, err, want)
	}
	for i, row := range rows[1:] {
		line, reason, _ := strings.Cut(want[i], " ")
		if row[0] != line || !strings.Contains(row[1], reason) {
			b.Errorf("reported %q, want %s", row, want[i])
		}
	}
}

func rejects(b *bench) {
	path := b.file("bad.csv", `userName,email,emailVerified
r1,r1@a.example,maybe
r2
r3,r3@a.example,
R3,other@a.example,
,none@a.example,
r4,nonsense,
r5,,true
r6,r3@a.example,
"a"b,,
r7,,
`)
	b.imports(2, 0, 8, "", path, "-parallel", "1")
	b.report(path+".rejects.csv", "2 neither true nor false", "3 the row has 1 cell,",
		`5 userName "R3" is in line 4 too`,
		"6 userName is missing",
		"7 not an email address", "8 not an email address", `9 email "r3@a.example" is in line 4 too`,
		"10 not valid CSV")
	latin := b.file("latin.csv", "userName,displayName\nr9,Ren\xe9\n")
	b.imports(0, 0, 1, "", latin)
	b.report(latin+".rejects.csv", "2 not in UTF-8")
	lines := b.file("bad.ndjson",
		"garbage\n[]\n{\"userName\":\"l1\",\"nme\":1}\n{\"userName\":\"l1\",\"userName\":\"l2\"}\n"+
			`{"userName":"`+strings.Repeat("x", 70_000)+"\"}\n{\"userName\":\"l1\"}\n")
	report := filepath.Join(b.TempDir(), "report.csv")
	b.imports(1, 0, 5, "", lines, "-rejects", report)
	b.report(report, "1 not valid JSON", "2 must be a JSON object", "3 unknown field", "4 userName", "5 64 KiB")
	b.imports(0, 1, 5, "", lines, "-rejects", report)
	b.report(report, "1 not valid JSON", "2 must be a JSON object", "3 unknown field", "4 userName", "5 64 KiB")
}

// unreadable files change nothing and leave nothing behind.
func unreadable(b *bench) {
	before := b.run("account list")
	for name, c := range map[string]struct{ text, words string }{
		"empty":               {"", "the file is empty"},
		"unknown columns":     {"userName,e-mail,name\nn1,,\n", `unknown columns: "e-mail", "name"; use userName`},
		"another delimiter":   {"userName;email\n", "separated by commas or by the character of -delimiter"},
		"no userName":         {"email\n", "the column userName is missing"},
		"repeated column":     {"userName,email,Email\n", "repeated"},
		"verified of nothing": {"userName,email2Verified\n", "has no column for its email"},
		"email1":              {"userName,email1\n", "unknown columns"},
		"email41":             {"userName,email41\n", "unknown columns"},
		"an open quote":       {"userName,\"x\n", "line 1: "},
	} {
		b.sub(name, func(b *bench) {
			path := b.file("bad.csv", c.text)
			if r := b.exec("", "account", "import", path); r.code != 1 || !strings.Contains(r.err, c.words) {
				b.Errorf("%.40q: %d, %s; want %q", c.text, r.code, r.err, c.words)
			}
			if left, _ := filepath.Glob(path + ".*"); left != nil {
				b.Errorf("%.40q leaves %v", c.text, left)
			}
		})
	}
	path := b.file("people.csv", "userName\nn1\n")
	b.fails(1, "no such file", "account import "+path+".none -format csv")
	b.fails(2, "unknown file format", "account import people.txt")
	b.fails(2, "unknown file format", "account import -")
	b.fails(2, "unknown file format", "account import "+path+" -format xml")
	b.fails(2, "between 1 and 64", "account import "+path+" -parallel 0")
	b.fails(2, "not one character", "account import "+path+" -delimiter ;;")
	b.fails(2, "would overwrite", "account import "+path+" -rejects "+path)
	b.fails(1, "no such file", "account import "+path+" -rejects /nowhere/x.csv")
	b.fails(1, "is not a regular file", "account import "+path+" -rejects /dev/null")
	b.spared(path)
	if left, _ := filepath.Glob(path + ".*"); left != nil {
		b.Errorf("left behind: %v", left)
	}
	b.fails(1, "not a directory", "account import "+path+" -rejects "+filepath.Join(path, "x"))
	if after := b.run("account list"); after != before {
		b.Errorf("accounts changed:\n%s\n%s", before, after)
	}
}

// spared: the report never overwrites the imported file, and a report of an earlier
// import stays where no import begins.
func (b *bench) spared(path string) {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	cmd := command.Limited(b.Context(), limit, b.program, "account", "import", "-", "-format", "csv", "-rejects", path)
	cmd.Env, cmd.Stdin = b.env, file
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "would overwrite") {
		b.Errorf("the standard input: %v, %s", err, out)
	}
	earlier := b.file("earlier.csv", "precious")
	b.fails(1, "unknown columns", "account import "+b.file("bad.csv", "name\n")+" -rejects "+earlier)
	if text, err := os.ReadFile(earlier); err != nil || string(text) != "precious" {
		b.Errorf("the earlier report: %q, %v", text, err)
	}
}

func (b *bench) directory() *directory.Directory {
	b.Helper()
	d, err := directory.Open(directory.Options{Table: b.stack.TableName(), Endpoint: b.stack.EngineEndpoint()})
	if err != nil {
		b.Fatal(err)
	}
	return d
}

func (b *bench) count() int {
	b.Helper()
	n, err := b.directory().Accounts().Count(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// whole checks the table past the API, and that every p of the file is there once.
func (b *bench) whole(people int) {
	b.Helper()
	var names []string
	for line := range strings.Lines(b.run("account list")) {
		if name := strings.Fields(line)[1]; name[0] == 'p' {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	if n := len(slices.Compact(slices.Clone(names))); n != people || len(names) != people {
		b.Errorf("%d names, %d of them different; want %d", len(names), n, people)
	}
	db, err := table.Open(table.Options{Name: b.stack.TableName(), Endpoint: b.stack.EngineEndpoint()})
	if err != nil {
		b.Fatal(err)
	}
	report, err := verify.Table(b.Context(), db)
	if err != nil {
		b.Fatal(err)
	}
	for _, finding := range report.Findings {
		b.Error(finding)
	}
}
