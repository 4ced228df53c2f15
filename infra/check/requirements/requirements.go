// Package requirements reports which of the numbered rules of the RFCs a test shows, and what
// is decided about the others.
package requirements

import (
	"encoding/csv"
	"fmt"
	"os"
)

// Row is one rule that binds a service provider.
type Row struct {
	ID      string
	Chapter string // of the table of requirements; for example, "1.6" is about filters
	Section string // of the RFC
	Level   string // "MUST" and so on; "must*": binding, in small letters; "choice": the RFC leaves it open
	Rule    string // what the RFC requires of a service provider, in our words
	Status  State  // as written in the table; empty if the citations decide
	Reason  string
	Test    string // a test that cites the ID, "" for none
}

// State says whether a requirement is met.
type State string

// A row is Covered if a test cites it, even if the table has another status. It is Diverges if the
// divergences document names it, unless the table says Later. Later and NotApplicable are written in
// the table.
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
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', 7, true
	records, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var rows []Row
	for i, c := range records {
		if i == 0 {
			continue // the names of the columns
		}
		row := Row{ID: c[0], Chapter: c[1], Section: c[2], Level: c[3], Rule: c[4], Status: State(c[5]), Reason: c[6]}
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// check returns an error for a row without a rule, or with a status but no reason.
func (r Row) check() error {
	switch {
	case !isID(r.ID):
		return fmt.Errorf("%q is not a requirement ID", r.ID)
	case r.Rule == "":
		return fmt.Errorf("%s has no rule", r.ID)
	case r.Status == "" && r.Reason == "":
		return nil
	case r.Status != Later && r.Status != NotApplicable:
		return fmt.Errorf("%s: status %q, want none, %q or %q", r.ID, r.Status, Later, NotApplicable)
	case r.Reason == "":
		return fmt.Errorf("%s is %s without a reason", r.ID, r.Status)
	}
	return nil
}
