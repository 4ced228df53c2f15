package template_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"scimserver/infra/local/template"
)

var update = flag.Bool("update", false, "write the table of rights into infra/docs/security.md")

const (
	securityPage = "../../docs/security.md"
	tableBegin   = "<!-- made by go test ./infra/local/template -run TestTheTableOfRights -update -->\n"
	tableEnd     = "<!-- end -->\n"
)

// TestTheTableOfRights: the security page shows the rights that the template grants.
func TestTheTableOfRights(t *testing.T) {
	data, err := os.ReadFile(securityPage)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(data), tableBegin)
	shown, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatal("the page lacks the marks of the table")
	}
	want := rightsTable(t)
	if *update {
		page := before + tableBegin + want + tableEnd + after
		if err := os.WriteFile(securityPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if shown != want {
		t.Errorf("the page shows\n%s\nthe template grants\n%s\nrun the test with -update", shown, want)
	}
}

// rightsTable has a row for each partition key, and a row for each other right, with the functions that have it.
func rightsTable(t *testing.T) string {
	t.Helper()
	readers, writers, others := functionsWith{}, functionsWith{}, functionsWith{}
	for _, f := range load(t, "../../../template.yaml", nil).OfType("AWS::Serverless::Function") {
		name, r := strings.TrimSuffix(f.ID, "Function"), rightsOf(t, f)
		readers.add(name, r.reads)
		writers.add(name, r.writes)
		others.add(name, r.other)
	}
	keys := maps.Clone(readers)
	maps.Copy(keys, writers)
	var b strings.Builder
	b.WriteString("| Keys | Functions that read and write them | that read them | that write them |\n" +
		"|---|---|---|---|\n")
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		both, read, written := split(readers[key], writers[key])
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", key, nameList(both), nameList(read), nameList(written))
	}
	b.WriteString("\n| Other right | Functions that have it |\n|---|---|\n")
	for _, right := range slices.Sorted(maps.Keys(others)) {
		fmt.Fprintf(&b, "| `%s` | %s |\n", right, nameList(others[right]))
	}
	return b.String()
}

// functionsWith has the functions that have a right, by right.
type functionsWith map[string][]string

func (f functionsWith) add(function string, rights []string) {
	for _, right := range rights {
		if !slices.Contains(f[right], function) {
			f[right] = append(f[right], function)
		}
	}
}

// split divides two lists into what is in both of them, and in one of them only.
func split(a, b []string) (both, onlyA, onlyB []string) {
	for _, one := range a {
		if slices.Contains(b, one) {
			both = append(both, one)
		} else {
			onlyA = append(onlyA, one)
		}
	}
	isInA := func(one string) bool { return slices.Contains(a, one) }
	return both, onlyA, slices.DeleteFunc(slices.Clone(b), isInA)
}

// rights are the partition keys that a function reads and writes, and what it may do elsewhere.
type rights struct{ reads, writes, other []string }

func rightsOf(t *testing.T, f *template.Resource) (r rights) {
	t.Helper()
	for _, s := range statements(t, f) {
		keys := s.leadingKeys()
		for _, action := range s.actions() {
			name, isTable := strings.CutPrefix(action, "dynamodb:")
			switch {
			case !isTable:
				r.other = append(r.other, action)
			case slices.Contains([]string{"BatchGetItem", "ConditionCheckItem", "GetItem", "Query"}, name):
				r.reads = append(r.reads, keys...)
			default:
				r.writes = append(r.writes, keys...)
			}
		}
	}
	return r
}

func nameList(names []string) string { return cmp.Or(strings.Join(names, ", "), "none") }
