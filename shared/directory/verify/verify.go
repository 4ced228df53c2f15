// Package verify checks the consistency of a whole table:
//
//   - Each claim belongs to a user, account, group or team that has the value, and vice versa.
//   - Each look-up leads to a resource that has the value, and vice versa.
//   - Counters are correct.
//   - Each membership has both its items, and both its ends exist.
//   - No group contains itself, and no feed of events has a gap.
//   - No change or deletion is left unfinished.
//
// The package makes keys with its own code, not with that of package directory. So a mistake
// in either of them is found.
//
// A run scans the table once, with eventual consistency, and turns items into facts (see
// fact.go). Sorting brings the facts that must agree together. It uses bounded memory, and
// files for the rest (sort.go). If facts contradict each other, their items are read again in
// one snapshot (check.go), and only what is wrong in the snapshot is a finding. So the table
// can be in use during a run, which may take hours.
package verify

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/table"
)

// Report is the result of a run.
type Report struct {
	Users      int `json:"users"`
	Accounts   int `json:"accounts"`
	Claims     int `json:"claims"` // on usernames and emails
	Groups     int `json:"groups"` // including groups that are being deleted
	Members    int `json:"members"`
	Teams      int `json:"teams"`      // including teams that are being deleted
	Unfinished int `json:"unfinished"` // changes and deletions in progress
	Abandoned  int `json:"abandoned"`  // steps of changes that were never committed; they expire

	Items  int64     `json:"items"`
	Units  float64   `json:"readUnits"` // read units that the scan consumed
	Began  time.Time `json:"began"`     // start of the scan; later writes may be unchecked
	Number int       `json:"findings"`  // number of all findings
	// Repairable is the number of findings that have a repair.
	Repairable int `json:"repairable"`
	// Repaired is the number of findings that were repaired.
	Repaired int `json:"repaired"`
	// Findings are the first findings of each kind; see Options.Keep.
	Findings []Finding `json:"details"`
	// Unchecked tells what could not be checked because of too many writes.
	Unchecked []string `json:"unchecked,omitempty"`
}

// Options adapt a run. The zero value is a run in strict mode, for tests.
type Options struct {
	// Unfinished is the age from which unfinished work is a finding. 0 means any age.
	Unfinished time.Duration
	// Repair makes the run carry out the repairs.
	Repair bool
	// Keep is the maximum number of findings of each kind in the report. 0 means all.
	Keep int
	// Folder is where facts and the position of the scan are stored. A run continues an
	// interrupted run in the same folder. "" means a temporary folder.
	Folder string
	// Segments is the number of parallel scans. 0 means 1.
	Segments int
	// Rate is the maximum number of read units per second. 0 means no limit.
	Rate float64
	// Memory is the number of bytes that facts may take in memory. 0 means 64 MiB.
	Memory int
	// Progress, if not nil, is called after each page and then for each suspicion.
	Progress func(Progress)
}

// Progress is the progress of a run.
type Progress struct {
	Items    int64 // number of items scanned
	Checking bool  // the scan is complete, and suspicions are being checked
	Checked  int   // number of suspicions checked
}

const defaultMemory = 64 << 20

// ErrSettings means that the table's claims were made by a version of the program that folds
// usernames and emails in another way.
var ErrSettings = errors.New("verify: the claims of the table were made by another version of the case folding")

// Option adapts Table.
type Option func(*Options)

// AllowUnfinished allows changes and deletions in progress.
func AllowUnfinished(o *Options) { o.Unfinished = math.MaxInt64 }

// Table checks a table in strict mode: any unfinished work is a finding.
func Table(ctx context.Context, db *table.DB, options ...Option) (Report, error) {
	o := Options{}
	for _, option := range options {
		option(&o)
	}
	return Run(ctx, db, o)
}

// Run checks a table. The errors are ErrSettings, ErrOtherTable, and the errors of table.DB
// and of package os.
func Run(ctx context.Context, db *table.DB, o Options) (Report, error) {
	settings, err := db.Get(ctx, table.Key{PK: "TABLE", SK: "SETTINGS"})
	if err != nil {
		return Report{}, err
	}
	if settings != nil && settings.Int("fold") != scim.FoldVersion {
		return Report{}, ErrSettings
	}
	w, err := openWalk(db, o)
	if err != nil {
		return Report{}, err
	}
	defer w.close()
	if err := w.scan(ctx); err != nil {
		return Report{}, err
	}
	c := &checker{db: db, pace: w.pace, scope: settings.Text("scope"), unfinished: o.Unfinished, now: time.Now}
	m := newMatcher(ctx, c, o, w)
	if err := errors.Join(m.match(w), m.finish()); err != nil {
		return Report{}, err
	}
	if err := ctx.Err(); err != nil {
		return Report{}, err
	}
	return m.report, w.done()
}

// newReport makes a report with the numbers that the scan counted.
func newReport(s *state) Report {
	return Report{
		Users: s.Counts.total(user), Accounts: s.Counts.total(account), Groups: s.Counts.total(group),
		Teams: s.Counts.total(team), Claims: s.Counts.Claims, Members: s.Counts.Members,
		Items: s.Items, Units: s.Units, Began: s.Began,
	}
}

// sort sorts the findings, so that two runs give the same report.
func (r *Report) sort() {
	slices.SortFunc(r.Findings, func(a, b Finding) int {
		return strings.Compare(parts(string(a.Kind), a.Tenant, a.Text), parts(string(b.Kind), b.Tenant, b.Text))
	})
	slices.Sort(r.Unchecked)
}

// removeAll removes a temporary folder.
func removeAll(dir string) {
	if dir != "" {
		_ = os.RemoveAll(dir)
	}
}
