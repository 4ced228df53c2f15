package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// twice: of two rows of a person the first one is imported, however many requests are
// under way, and the report names the line of the other.
func twice(b *bench) {
	const people = 40
	var text strings.Builder
	var want []string
	text.WriteString("userName,email\n")
	for i := range people {
		line := 2 + 3*i
		fmt.Fprintf(&text, "w%d,w%d@first.example\nW%d,w%d@second.example\nv%d,W%d@first.example\n", i, i, i, i, i, i)
		want = append(want, fmt.Sprintf(`%d userName "W%d" is in line %d too`, line+1, i, line),
			fmt.Sprintf(`%d email "W%d@first.example" is in line %d too`, line+2, i, line))
	}
	path := b.file("twice.csv", text.String())
	b.imports(people, 0, 2*people, "", path, "-parallel", "64")
	b.report(path+".rejects.csv", want...)
	for i := range people {
		b.found(fmt.Sprint("w", i), fmt.Sprintf(`[{"primary":true,"value":"w%d@first.example","verified":false}]`, i))
	}
	b.imports(0, people, 2*people, "", path, "-parallel", "64")
	b.report(path+".rejects.csv", want...)
	b.twiceSame()
	b.twiceResumed()
}

// twiceSame: a row that stands twice is imported once, and a row that was rejected
// does not keep another of the same person out.
func (b *bench) twiceSame() {
	b.Helper()
	path := b.file("same.jsonl", `{"userName":"same"}`+"\n"+`{"userName":"SAME"}`+"\n"+
		`{"userName":"bad","nme":1}`+"\n"+`{"userName":"bad"}`+"\n"+`{"userName":"Bad"}`+"\n")
	b.imports(2, 0, 3, "", path)
	b.report(path+".rejects.csv", `2 userName "SAME" is in line 1 too`, "3 unknown field", `5 userName "Bad" is in line 4 too`)
}

// twiceResumed: an import that goes on knows which of the earlier rows were imported.
func (b *bench) twiceResumed() {
	b.Helper()
	path := b.file("twice.csv", "userName,email\nx1,nonsense\nx2,x2@x.example\nx1,x1@x.example\nX2,\nX1,\n")
	b.imports(2, 0, 3, "", path)
	report, err := os.ReadFile(path + ".rejects.csv")
	if err != nil {
		b.Fatal(err)
	}
	// As an import leaves it that ended behind two rows.
	head := strings.Join(strings.SplitAfter(string(report), "\n")[:2], "")
	b.interruptedAt(path, head)
	b.imports(1, 1, 3, "", path) // with what the first run has done
	b.report(path+".rejects.csv", "2 no email", `5 userName "X2" is in line 3 too`, `6 userName "X1" is in line 4 too`)
}

// interruptedAt writes the progress of an import of which two rows are done, the first
// of them rejected.
func (b *bench) interruptedAt(path, report string) {
	b.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	hash := sha256.Sum256(file)
	progress, err := json.Marshal(map[string]any{
		"sha256": hex.EncodeToString(hash[:]), "entries": 2, "created": 1, "rejected": 1,
		"rejects": path + ".rejects.csv", "rejectsBytes": len(report),
	})
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{path + ".progress": string(progress), path + ".rejects.csv": report} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
}
