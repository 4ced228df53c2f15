package requirements

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestTableIsComplete(t *testing.T) {
	rows, err := Load("../requirements.tsv")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.ID] {
			t.Errorf("%s occurs twice", r.ID)
		}
		seen[r.ID] = true
	}
	if len(rows) != 628 {
		t.Errorf("%d rows, want 628", len(rows))
	}
}

func TestRowsNeedARuleAndAReason(t *testing.T) {
	for _, r := range []Row{
		{ID: "P-1-1", Rule: "a rule", Status: Later},
		{ID: "P-1-1", Rule: "a rule", Status: Covered, Reason: "citations decide that"},
		{ID: "P-1-1", Rule: "a rule", Reason: "without a status"},
		{ID: "P-1-1"},
		{ID: "nonsense", Rule: "a rule"},
	} {
		if r.check() == nil {
			t.Errorf("%+v was accepted", r)
		}
	}
}

func TestCitationsComeFromTestsAndTheirData(t *testing.T) {
	cited, err := Citations(fstest.MapFS{
		"shared/a/a_test.go":             {Data: []byte("// P-3.4.2.2-7, and S-2.1-1.")},
		"shared/a/testdata/x/case.txtar": {Data: []byte("R-1")},
		"shared/a/a.go":                  {Data: []byte("// P-9-9 is cited by no test")},
		"infra/check/x_test.go":          {Data: []byte("P-8-8")},
		".git/x_test.go":                 {Data: []byte("P-7-7")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for id := range cited {
		got = append(got, id)
	}
	slices.Sort(got)
	if want := []string{"P-3.4.2.2-7", "R-1", "S-2.1-1"}; !slices.Equal(got, want) {
		t.Errorf("cited %v, want %v", got, want)
	}
}

func TestDivergencesNameTheirHeading(t *testing.T) {
	file := filepath.Join(t.TempDir(), "divergences.md")
	const text = "# Divergences\n\n## No sorting\n\nRows P-1-1 and P-1-2.\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	divergences, err := Divergences(file)
	if err != nil || divergences["P-1-2"] != "No sorting" {
		t.Errorf("divergences %v, %v", divergences, err)
	}
}

func TestDecide(t *testing.T) {
	rows := []Row{
		{ID: "P-1-1", Status: Later, Reason: "issue 9"},
		{ID: "P-1-2", Status: Later, Reason: "issue 9"},
		{ID: "P-1-3"},
		{ID: "P-1-4"},
		{ID: "P-1-5"},
	}
	rep := Decide(rows,
		map[string]string{
			"P-1-1": "a_test.go", "P-1-3": "a_test.go", "P-1-4": "a_test.go",
			"P-1-99": "a_test.go", "D-3": "a_test.go",
		},
		map[string]string{"P-1-2": "Decided ahead", "P-1-4": "No sorting"})
	var got []State
	for _, r := range rep.rows {
		got = append(got, r.Status)
	}
	if want := []State{Covered, Later, Covered, Diverges, Unassigned}; !slices.Equal(got, want) {
		t.Errorf("states %v, want %v", got, want)
	}
	if !slices.Equal(rep.Unknown(), []string{"P-1-99 in a_test.go"}) {
		t.Errorf("unknown %v", rep.Unknown())
	}
}

func TestReportShowsCountsAndRows(t *testing.T) {
	rep := Decide([]Row{
		{ID: "P-1-1", Chapter: "1.1", Level: "MUST"},
		{ID: "P-1-2", Chapter: "1.1", Level: "MUST", Rule: "percent-encode URLs"},
		{ID: "P-1-3", Chapter: "1.1", Level: "MAY", Rule: "allow cookies", Status: Later, Reason: "issue 9"},
	}, map[string]string{"P-1-1": "a_test.go"}, nil)
	var out strings.Builder
	if err := rep.Write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"\nlater: issue 9 (1)\n  P-1-3          MAY        allow cookies\n",
		"\nunassigned (1)\n  P-1-2          MUST       percent-encode URLs\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
	counts := strings.Fields(strings.Split(out.String(), "\n")[1])
	if want := []string{"1.1", "MUST", "2", "1", "0", "0", "0", "1"}; !slices.Equal(counts, want) {
		t.Errorf("counts %v, want %v", counts, want)
	}
}

// The page has a line for each state, and no line that is too long.
func TestPage(t *testing.T) {
	long := strings.Repeat("word ", 40)
	rows := []Row{
		{ID: "P-1-1", Chapter: "1.6", Section: "3.4.2.2", Level: "MUST", Rule: long},
		{ID: "P-1-2", Chapter: "1.6", Section: "3.4.2.2", Level: "MAY", Rule: "r", Status: NotApplicable,
			Reason: "why"},
		{ID: "P-1-3", Chapter: "9", Section: "1", Level: "choice", Rule: "r"},
		{ID: "P-1-4", Chapter: "9", Section: "1", Level: "SHOULD", Rule: "r"},
		{ID: "P-1-5", Chapter: "9", Section: "1", Level: "choice", Rule: "r"},
	}
	var page strings.Builder
	cited := map[string]string{"P-1-1": "x_test.go", "P-1-5": "y_test.go"}
	Decide(rows, cited, map[string]string{"P-1-3": "2 Filter", "P-1-5": "3 Sort"}).WritePage(&page)
	for _, want := range []string{
		"| all | 5 | 1 | 2 | 1 | 0 | 1 |", "## Filter (3.4.2.2)", "## Chapter 9", "Shown: `x_test.go`",
		"Decided: 2 Filter\n", "Decided: 3 Sort. Shown: `y_test.go`", "Not applicable: why", "**open**",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for line := range strings.Lines(page.String()) {
		if len(line) > 121 {
			t.Errorf("too long: %s", line)
		}
	}
}
