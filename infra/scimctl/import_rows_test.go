package main_test

import (
	"encoding/csv"
	"os"
	"strings"
	"syscall"
)

// wholeRows: what can't be read costs no row behind it, and stands in the report as
// in the file.
func wholeRows(b *bench) {
	long := "big," + strings.Repeat("x", 1<<20)
	path := b.file("whole.csv", "userName,displayName,email\nid,\"bad\" x,,\nw1,\"open,\n"+strings.Repeat("z,z\n", 2)+"w2,\"Two\",\n"+long+"\nw3,\"a\nb\",\n\nw4,\"never,\nw5,,\n")
	b.imports(2, 0, 7, "", path)
	b.report(path+".rejects.csv", "2 can't be read", "3 quote is not closed", "4 2 cells", "5 2 cells", "7 64 KiB", "8 displayName", "11 quote is not closed")
	f, err := os.Open(path + ".rejects.csv")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	for i, want := range map[int]string{1: `id,"bad" x,,`, 2: `w1,"open,`, 5: long[:200] + "...", 6: "w3,\"a\nb\",", 7: `w4,"never,`} {
		if err != nil || rows[i][2] != want {
			b.Errorf("reported %.300q, want %.300q, %v", rows[i], want, err)
		}
	}
	b.found("w2", `[]`)
	b.found("w5", `[]`)
}

// atOnce: of two imports of a file, or into one report, the second is refused.
func atOnce(b *bench) {
	path := b.file("people.csv", "userName\nat once\n,\n")
	report := b.file("report.csv", "of the first")
	for _, busy := range []string{path, report} {
		f, err := os.Open(busy)
		if err == nil {
			err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) // as the first does
		}
		if err != nil {
			b.Fatal(err)
		}
		b.fails(1, "another import is at work on "+busy, "account import "+path+" -rejects "+report)
		if text, err := os.ReadFile(report); err != nil || string(text) != "of the first" {
			b.Errorf("the report: %q, %v", text, err)
		}
		_ = f.Close()
	}
	b.imports(1, 0, 1, "", path, "-rejects", report)
	b.report(report, "3 2 cells")
}
