// Package verify compares everything in the table with what must be true of it:
// users, accounts, groups and teams are in bijection with their claims, look-ups lead to
// them and back, counters agree, memberships have both their items and join what
// exists, the nesting of groups has no cycle, feeds of events have no gaps, and nothing is left half
// done. It reads the keys itself instead of asking package directory to make
// them, so that one mistake does not hide in both.
//
// A run scans the table once, with eventual consistency, and turns items into facts (see
// fact.go). Facts are sorted in bounded memory, with the rest in files (sort.go), so that
// those that must agree come together. What does not agree is read again in one snapshot
// (check.go): only what is wrong there is a finding. So a run may take hours while requests
// write.
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

// Report is what a run has found.
type Report struct {
	Users      int `json:"users"`
	Accounts   int `json:"accounts"`
	Claims     int `json:"claims"` // on usernames and emails
	Groups     int `json:"groups"` // with those under deletion
	Members    int `json:"members"`
	Teams      int `json:"teams"`      // with those under deletion
	Unfinished int `json:"unfinished"` // changes and deletions under way
	Abandoned  int `json:"abandoned"`  // steps of changes that were never committed; they expire

	Items  int64     `json:"items"`
	Units  float64   `json:"readUnits"` // of the scan
	Began  time.Time `json:"began"`     // of the scan; what was written later may not have been looked at
	Number int       `json:"findings"`  // of all findings
	// Repairable and Repaired are the numbers of those that a repair is for, and that were
	// repaired.
	Repairable int `json:"repairable"`
	Repaired   int `json:"repaired"`
	// Findings are the first of each kind, see Options.Keep.
	Findings []Finding `json:"details"`
	// Unchecked says what could not be checked because of requests that write all the time.
	Unchecked []string `json:"unchecked,omitempty"`
}

// Options adapt a run. The zero value is a run in strict mode, for tests.
type Options struct {
	// Unfinished is the age from which a mark of unfinished work is a finding: 0 means any
	// mark.
	Unfinished time.Duration
	// Repair carries out the repairs.
	Repair bool
	// Keep is the number of findings of each kind that the report has; 0 means all.
	Keep int
	// Folder keeps the facts and the position of the scan: a run in the same folder
	// continues one that was interrupted. "" means a temporary folder, if one is needed.
	Folder string
	// Segments is the number of parts of the table that are scanned at the same time; 0
	// means 1.
	Segments int
	// Rate is how many read units a run consumes a second; 0 means no limit.
	Rate float64
	// Memory is the number of bytes that facts may take in memory; 0 means 64 MiB.
	Memory int
	// Progress is called after each page, and then for each suspicion; nil means nobody.
	Progress func(Progress)
}

// Progress is how far a run is.
type Progress struct {
	Items    int64 // that were scanned
	Checking bool  // the scan is complete: suspicions are checked
	Checked  int   // suspicions
}

const defaultMemory = 64 << 20

// ErrSettings reports that this version of the program folds usernames and emails in
// another way than the one that made the table's claims.
var ErrSettings = errors.New("verify: the claims of the table were made by another version of the case folding")

// Option adapts Table.
type Option func(*Options)

// AllowUnfinished says that changes and deletions may be under way.
func AllowUnfinished(o *Options) { o.Unfinished = math.MaxInt64 }

// Table checks a table in strict mode: nothing may be unfinished.
func Table(ctx context.Context, db *table.DB, options ...Option) (Report, error) {
	o := Options{}
	for _, option := range options {
		option(&o)
	}
	return Run(ctx, db, o)
}

// Run checks a table. The errors are ErrSettings, those of table.DB, and those of files.
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

// newReport is what the scan alone tells.
func newReport(s *state) Report {
	return Report{
		Users: s.Counts.total(user), Accounts: s.Counts.total(account), Groups: s.Counts.total(group),
		Teams: s.Counts.total(team), Claims: s.Counts.Claims, Members: s.Counts.Members,
		Items: s.Items, Units: s.Units, Began: s.Began,
	}
}

// sort gives the findings an order that is always the same.
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
