package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v3"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/shared/admin"
)

// importOptions are the flags of account import.
type importOptions struct {
	format    string
	delimiter rune
	rejects   string
	parallel  int
	dryRun    bool
}

func importAccounts() *cli.Command {
	o := importOptions{delimiter: ','}
	return command(
		"import",
		"FILE",
		"create the accounts of a CSV or JSON Lines file; - is standard input",
		func(ctx context.Context, s *session, args []string) error { return s.importFile(ctx, args[0], o) },
		&cli.StringFlag{Name: "format", Destination: &o.format,
			Usage: "`FORMAT` of the file: csv or jsonl (default: by its extension)"},
		valueFlag("delimiter", "`CHARACTER` between the cells of CSV, or tab (default: comma)", o.parseDelimiter),
		&cli.BoolFlag{
			Name:        "dry-run",
			Usage:       "check each row and say what would happen; create nothing",
			HideDefault: true,
			Destination: &o.dryRun,
		},
		&cli.StringFlag{Name: "rejects", Destination: &o.rejects,
			Usage: "write rejected rows to this `FILE` (default: FILE.rejects.csv)"},
		&cli.IntFlag{Name: "parallel", Usage: "`NUMBER` of requests at once", Value: 8, Destination: &o.parallel},
	)
}

func (o *importOptions) parseDelimiter(v string) error {
	if v == "tab" || v == `\t` {
		v = "\t"
	}
	r, size := utf8.DecodeRuneInString(v)
	if size == 0 || size != len(v) || strings.ContainsRune("\"\r\n\uFFFD", r) {
		return errors.New("not one character, such as ; or tab")
	}
	o.delimiter = r
	return nil
}

func (s *session) importFile(ctx context.Context, name string, o importOptions) error {
	if o.parallel < 1 || o.parallel > apiclient.MaxParallel {
		return usageError(fmt.Sprintf("-parallel must be between 1 and %d", apiclient.MaxParallel))
	}
	format := cmp.Or(o.format, formatOf(name))
	if format != "csv" && format != "jsonl" {
		return usageError("unknown file format: use -format csv or -format jsonl")
	}
	source := os.Stdin
	var input io.Reader = s.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		source, input = file, file
	}
	i := &importer{session: s, parallel: o.parallel, dryRun: o.dryRun}
	var err error
	if i.rows, err = openRows(input, format, o.delimiter); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if i.report, err = newReport(reportName(name, o), source); err != nil {
		return err
	}
	i.progress = newProgress(s, source)
	return i.finish(i.run(ctx))
}

// reportName is the file for rejected rows, "" in a dry run, which writes none.
func reportName(file string, o importOptions) string {
	switch {
	case o.dryRun:
		return ""
	case o.rejects != "":
		return o.rejects
	case file == "-":
		return "stdin.rejects.csv"
	}
	return file + ".rejects.csv"
}

func formatOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		return "csv"
	case ".jsonl", ".ndjson":
		return "jsonl"
	}
	return ""
}

// importSummary is the result of an import.
type importSummary struct {
	DryRun       bool          `json:"dryRun,omitempty"` // whether nothing was created
	Created      int           `json:"created"`
	Existing     int           `json:"alreadyThere"`
	Rejected     int           `json:"rejected"`
	Rejects      string        `json:"rejects,omitempty"`      // the file of the report
	RejectedRows []rejectedRow `json:"rejectedRows,omitempty"` // in a dry run, instead of the report
}

type rejectedRow struct {
	Line   int    `json:"line"`
	Reason string `json:"reason"`
}

// finish closes the report and prints the summary.
func (i *importer) finish(err error) error {
	sum := i.summary
	if e := i.report.close(sum.Rejected > 0); e != nil {
		return errors.Join(err, fmt.Errorf("the report of rejected rows is incomplete: %w", e))
	}
	if err != nil {
		return fmt.Errorf("%w\nthe import stopped after %s (%d created, %d already there, %d rejected); "+
			"run the same command again to continue", err, admin.Counted(sum.rows(), "row"), sum.Created, sum.Existing,
			sum.Rejected)
	}
	if sum.DryRun = i.dryRun; sum.Rejected > 0 {
		sum.Rejects = i.report.path
	}
	if err := i.print(sum, func(w io.Writer) { describeImport(w, sum) }); err != nil || sum.Rejected == 0 {
		return err
	}
	rows := admin.Counted(sum.Rejected, "row")
	if i.dryRun {
		return fmt.Errorf("%s would be rejected", rows)
	}
	return fmt.Errorf("%s rejected; see %s for the reasons", rows, sum.Rejects)
}

func (s importSummary) rows() int { return s.Created + s.Existing + s.Rejected }

func describeImport(w io.Writer, s importSummary) {
	if s.DryRun {
		for _, r := range s.RejectedRows {
			row(w, fmt.Sprintf("line %d", r.Line), r.Reason)
		}
		row(w, "dry run: nothing is created")
		row(w, "would be created", s.Created)
		row(w, "already there", s.Existing)
		row(w, "would be rejected", s.Rejected)
		return
	}
	row(w, "created", s.Created)
	row(w, "already there", s.Existing)
	row(w, "rejected", s.Rejected)
}
