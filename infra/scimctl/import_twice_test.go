package main_test

import (
	"fmt"
	"strings"
)

// twice: of two rows of a person the first one is imported, however many requests are
// sent at once, and the report names the line of that row.
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
	b.twiceAgain()
}

// twiceSame: a repeated row is imported once. A row that was rejected does not keep
// another of the same person out.
func (b *bench) twiceSame() {
	b.Helper()
	path := b.file("same.jsonl", `{"userName":"same"}`+"\n"+`{"userName":"SAME"}`+"\n"+
		`{"userName":"bad","nme":1}`+"\n"+`{"userName":"bad"}`+"\n"+`{"userName":"Bad"}`+"\n")
	b.imports(2, 0, 3, "", path)
	b.report(path+".rejects.csv", `2 userName "SAME" is in line 1 too`, "3 unknown field",
		`5 userName "Bad" is in line 4 too`)
}

// twiceAgain: a second run sees the same rows as the first.
func (b *bench) twiceAgain() {
	b.Helper()
	path := b.file("twice.csv", "userName,email\nx1,nonsense\nx2,x2@x.example\nx1,x1@x.example\nX2,\nX1,\n")
	for _, existing := range []int{0, 2} {
		b.imports(2-existing, existing, 3, "", path)
		b.report(path+".rejects.csv", "2 emails: \"nonsense\" is not an email",
			`5 userName "X2" is in line 3 too`, `6 userName "X1" is in line 4 too`)
	}
}
