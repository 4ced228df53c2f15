// Package requirements reports which of the numbered requirements of the RFCs
// the tests cite, and what becomes of the others. The rows carry no text: an ID
// names a chapter of the list, a section of the RFC and a level.
package requirements

import (
	"encoding/csv"
	"fmt"
	"os"
)

// Row is one requirement.
type Row struct {
	ID      string
	Chapter string // of the list: "1.6" is filters
	Section string // of the RFC
	Level   string // "MUST", "must*", "choice", ...
	Status  State  // as written in the table; empty when the citations decide
	Reason  string
}

// State is what has become of a requirement.
type State string

// A row is covered once a test cites it, whatever the table says, and diverges
// once the divergences document argues it, unless the table still has it come
// later. Later and NotApplicable are written in the table.
const (
	Covered       State = "covered"
	Diverges      State = "diverges"
	Later         State = "later"
	NotApplicable State = "not applicable"
	Unassigned    State = "unassigned"
)

func states() []State { return []State{Covered, Diverges, Later, NotApplicable, Unassigned} }

// Load reads the table of requirements.
func Load(file string) ([]Row, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord = '\t', 6
	records, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var rows []Row
	for i, c := range records {
		if i == 0 {
			continue // the names of the columns
		}
		row := Row{ID: c[0], Chapter: c[1], Section: c[2], Level: c[3], Status: State(c[4]), Reason: c[5]}
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// check refuses a status without its reason: "later" names an issue.
func (r Row) check() error {
	switch {
	case !isID(r.ID):
		return fmt.Errorf("%q is no requirement ID", r.ID)
	case r.Status == "" && r.Reason == "":
		return nil
	case r.Status != Later && r.Status != NotApplicable:
		return fmt.Errorf("%s: status %q, want none, %q or %q", r.ID, r.Status, Later, NotApplicable)
	case r.Reason == "":
		return fmt.Errorf("%s is %s and does not say why", r.ID, r.Status)
	}
	return nil
}
