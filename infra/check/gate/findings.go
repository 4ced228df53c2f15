package gate

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
)

// finding is a failed check of scim-sanity.
type finding struct {
	Check   string `json:"name"`
	Result  string `json:"status"` // fail, warn, skip or error
	Message string `json:"message"`
}

func (f finding) String() string { return fmt.Sprintf("%s: %s: %s", f.Check, f.Result, f.Message) }

// readFindings returns the failed checks in scim-sanity's JSON report.
func readFindings(report []byte) ([]finding, error) {
	var all struct {
		Results []finding `json:"results"`
	}
	if err := json.Unmarshal(report, &all); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all.Results, func(f finding) bool { return f.Result == "pass" }), nil
}

// loadFindings reads the table of expected findings, with the columns check, result,
// message and the reason why the finding is expected.
func loadFindings(file string) ([]finding, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', 4, true
	records, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var expected []finding
	for _, c := range records[min(1, len(records)):] {
		if c[3] == "" {
			return nil, fmt.Errorf("%s: %q has no reason", file, c[0])
		}
		expected = append(expected, finding{Check: c[0], Result: c[1], Message: c[2]})
	}
	return expected, nil
}

// compareFindings fails on a finding that is not expected, and on an expected finding that
// is missing.
func compareFindings(found, expected []finding) error {
	var failed []error
	for _, f := range found {
		if !slices.Contains(expected, f) {
			failed = append(failed, fmt.Errorf("new: %s", f))
		}
	}
	for _, f := range expected {
		if !slices.Contains(found, f) {
			failed = append(failed, fmt.Errorf("no longer found, remove its line: %s", f))
		}
	}
	return errors.Join(failed...)
}
