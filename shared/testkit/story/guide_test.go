package story

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// manual is a page for the customer's administrator, as far as the test reads it.
type manual struct {
	steps   map[string]bool // each numbered step, such as "3.2" or "OneLogin 2"
	rows    [][]string      // of the table that says what the steps send
	nothing []string        // the steps that the page says send nothing
}

// number is how a numbered step begins, and the heading of a numbered part.
var number = regexp.MustCompile(`^(\d+)\. `)

// readManual reads a page. Steps are numbered lists below headings of the second level.
func readManual(t *testing.T, file string) manual {
	t.Helper()
	data, err := os.ReadFile("../../../infra/docs/" + file)
	if err != nil {
		t.Fatal(err)
	}
	text, section, found := strings.Cut(string(data), "\n## What each step sends\n")
	if !found {
		t.Fatalf("%s does not say what each step sends", file)
	}
	m := manual{steps: map[string]bool{}}
	part := ""
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(line, "## "); ok {
			part = strings.TrimSpace(heading) + " "
			if n := number.FindStringSubmatch(part); n != nil {
				part = n[1] + "."
			}
		}
		if n := number.FindStringSubmatch(line); n != nil {
			m.steps[part+n[1]] = true
		}
	}
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) == 6 && strings.Contains(line, "`") {
			m.rows = append(m.rows, cells[1:5])
		}
	}
	_, list, _ := strings.Cut(strings.Join(strings.Fields(section), " "), "These steps send nothing: ")
	m.nothing = stepsIn(strings.TrimSuffix(list, "."))
	return m
}

// stepsIn reads a list such as "1.1, 1.2; 3.1" or "OneLogin 1, 3; ssosync 1".
func stepsIn(list string) (steps []string) {
	name := ""
	for _, step := range regexp.MustCompile(`[,;] `).Split(list, -1) {
		if at := strings.LastIndex(step, " "); at >= 0 {
			name = step[:at+1]
		} else {
			step = name + step
		}
		steps = append(steps, step)
	}
	return steps
}

// TestManuals: each numbered step of the pages names the steps of the stories that it causes, which
// the tests play against the local stack, or is listed among those that send nothing.
func TestManuals(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"provider-okta.md", "provider-entra.md", "provider-others.md"} {
		m := readManual(t, file)
		left := maps.Clone(m.steps)
		for _, step := range m.nothing {
			if !left[step] {
				t.Errorf("%s: there is no step %q, or it is listed twice", file, step)
			}
			delete(left, step)
		}
		for _, row := range m.rows {
			step := strings.TrimSpace(row[0])
			if !m.steps[step] || slices.Contains(m.nothing, step) {
				t.Errorf("%s: there is no step %q, or it sends nothing", file, step)
			}
			delete(left, step)
			if problem := compareRow(all, row); problem != "" {
				t.Errorf("%s: step %s: %s", file, step, problem)
			}
		}
		for step := range left {
			t.Errorf("%s does not say what step %s sends", file, step)
		}
	}
}

var placeholder = regexp.MustCompile(`\$\{\w+\}`)

// compareRow compares a row of the table with the step of the story that it names.
func compareRow(all []Story, row []string) (problem string) {
	request, answer := strings.Trim(row[1], " `"), strings.TrimSpace(row[2])
	name, title, _ := strings.Cut(strings.TrimSpace(row[3]), ": ")
	if strings.HasPrefix(name, "not checkable") {
		return ""
	}
	i := slices.IndexFunc(all, func(s Story) bool { return "`"+s.Name+"`" == name })
	if i < 0 {
		return "there is no story " + name
	}
	begin, shortened := strings.CutSuffix(title, "…")
	j := slices.IndexFunc(all[i].Steps, func(s Step) bool {
		return s.Name == title || shortened && strings.HasPrefix(s.Name, begin)
	})
	if j < 0 {
		return "the story " + name + " has no step “" + title + "”"
	}
	step := all[i].Steps[j]
	path, _, _ := strings.Cut(step.Target, "?")
	if sent := step.Method + " " + placeholder.ReplaceAllString(path, "{id}"); sent != request {
		return "the story sends " + sent + ", not " + request
	}
	var statuses []string
	for _, status := range step.Status {
		statuses = append(statuses, strconv.Itoa(status))
	}
	if want := strings.Join(statuses, ", "); want != answer {
		return "the story expects " + want + ", not " + answer
	}
	return ""
}
