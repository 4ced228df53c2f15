package template_test

import (
	"flag"
	"fmt"
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

func rightsTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| Function | Keys it reads | Keys it writes | Other rights |\n|---|---|---|---|\n")
	for _, f := range load(t, "../../../template.yaml", nil).OfType("AWS::Serverless::Function") {
		r := rightsOf(t, f)
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", strings.TrimSuffix(f.ID, "Function"), keyList(r.reads),
			keyList(r.writes), keyList(r.other))
	}
	return b.String()
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

// keyList renders a list without repetitions.
func keyList(all []string) string {
	all = slices.Clone(all)
	slices.Sort(all)
	if len(all) == 0 {
		return "none"
	}
	return "`" + strings.Join(slices.Compact(all), "`, `") + "`"
}
