package gate

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const sanityReport = `{"summary":{"failed":1},"results":[
	{"name":"GET /Users","status":"pass"},
	{"name":"PATCH /Groups","status":"fail","message":"got \"204\""},
	{"name":"Agents","status":"skip","message":"not supported"}]}`

const (
	heading = "check\tresult\tmessage\treason\n"
	patch   = "PATCH /Groups\tfail\tgot \"204\"\tallowed\n"
	agents  = "Agents\tskip\tnot supported\tnot offered\n"
)

func TestCompareFindings(t *testing.T) {
	for _, c := range []struct{ name, list, want string }{
		{"all listed", heading + patch + agents, ""},
		{"one not listed", heading + agents, `new: PATCH /Groups: fail: got "204"`},
		{"nothing listed", heading, "new: Agents: skip: not supported"},
		{"another message", heading + agents + "PATCH /Groups\tfail\tgot 500\tallowed\n", "new: PATCH /Groups"},
		{"one no longer found", heading + patch + agents + "GET /Users\tfail\tgot 404\tallowed\n",
			"no longer found, remove its line: GET /Users"},
		{"one without a reason", heading + patch + "Agents\tskip\tnot supported\t\n", `"Agents" has no reason`},
		{"a column too few", heading + "Agents\tskip\tnot supported\n", "wrong number of fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := readFindings([]byte(sanityReport))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "list.tsv")
			write(t, file, c.list)
			expected, err := loadFindings(file)
			if err == nil {
				err = compareFindings(found, expected)
			}
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("err = %v, want %q", err, c.want)
			}
		})
	}
}

// TestReadCheckov: a check counts once, and a report about nothing is no clean report.
func TestReadCheckov(t *testing.T) {
	const failed = `{"check_id":"CKV_1","check_name":"Ensure it","resource":"a"},
		{"check_id":"CKV_1","check_name":"Ensure it","resource":"b"}`
	for _, c := range []struct {
		name, report string
		want         []finding
		fails        bool
	}{
		{"two resources", `{"results":{"failed_checks":[` + failed + `]},"summary":{"passed":3}}`,
			[]finding{{"CKV_1", "fail", "Ensure it"}}, false},
		{"a template that can't be read", `{"results":{"failed_checks":[]},"summary":{"passed":3,"parsing_errors":1}}`,
			nil, true},
		{"no template", `{"passed":0,"failed":0}`, nil, true},
		{"no report", `Traceback`, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := readCheckov([]byte(c.report))
			if (err != nil) != c.fails || !slices.Equal(found, c.want) {
				t.Errorf("%v, %v; want %v", found, err, c.want)
			}
		})
	}
}

func TestNoReportIsNoFinding(t *testing.T) {
	if _, err := readFindings([]byte("connection refused")); err == nil {
		t.Error("what is no report was read as one")
	}
}

func TestAServiceThatDoesNotStart(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "go.mod"), "module x\n")
	if s, err := (tree{root}).startService(t.Context()); err == nil {
		s.stop()
		t.Error("a tree without infra/local has started")
	}
}
