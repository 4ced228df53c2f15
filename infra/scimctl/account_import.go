package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxParallel is the most requests that an import has under way.
const maxParallel = 64

// importAccounts makes the command that reads accounts from a file.
func importAccounts(flags *flag.FlagSet) action {
	format := flags.String("format", "", "`format` of the file: csv or jsonl; without it the file's ending decides")
	rejects := flags.String("rejects", "", "`file` for the report of rows that were rejected (default FILE.rejects.csv)")
	parallel := flags.Int("parallel", 8, "`requests` under way at once")
	return func(ctx context.Context, s *session, args []string) (err error) {
		if *parallel < 1 || *parallel > maxParallel {
			return usageError(fmt.Sprintf("-parallel must be between 1 and %d", maxParallel))
		}
		open := formats()[either(*format, formatOf(args[0]))]
		if open == nil {
			return usageError("the format of the file is not known: say -format csv or -format jsonl")
		}
		i := &importer{session: s, parallel: *parallel}
		file, err := i.open(args[0])
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		reader, err := buffered(file)
		if err == nil {
			i.entries, err = open(reader)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", args[0], err)
		}
		if err := i.begin(args[0], *rejects); err != nil {
			return err
		}
		return i.finish(i.run(ctx))
	}
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

// open opens the file that is imported, for no other import at the same time. What
// can't be read again, such as the standard input, keeps no progress.
func (i *importer) open(name string) (io.ReadCloser, error) {
	i.source = os.Stdin
	if name == "-" {
		return io.NopCloser(i.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	i.source = f
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		if err = alone(f); err == nil {
			i.hash, err = hashOf(f)
		}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// begin opens the ledger, once the file has shown that it can be imported.
func (i *importer) begin(name, rejects string) (err error) {
	if name == "-" {
		name = "stdin"
	}
	rejects = either(rejects, name+".rejects.csv")
	if err := i.spares(rejects); err != nil {
		return err
	}
	state := ""
	if i.hash != "" {
		state = name + ".progress"
	}
	if i.ledger, err = openLedger(state, i.hash, rejects); err == nil && i.ledger.outdated {
		i.say("starts anew: the file has changed since it was interrupted, or its report has\n")
	}
	return err
}

// spares refuses a report in the place of what an import reads.
func (i *importer) spares(rejects string) error {
	if strings.HasSuffix(rejects, ".progress") || strings.HasSuffix(rejects, ".progress.new") {
		return usageError("the report of rejected rows must not be called as the progress of an import: " + rejects)
	}
	source, err := i.source.Stat()
	if err != nil {
		return err
	}
	if report, e := os.Stat(rejects); e == nil && os.SameFile(source, report) {
		return usageError("the report of rejected rows would overwrite the file")
	}
	return nil
}

// summary is the result of an import.
type summary struct {
	Created  int    `json:"created"`
	There    int    `json:"alreadyThere"`
	Rejected int    `json:"rejected"`
	Rejects  string `json:"rejects,omitempty"` // the report, if there is one
}

// finish closes the ledger and says how the import went.
func (i *importer) finish(err error) error {
	l := i.ledger
	if e := l.close(err == nil); e != nil {
		return errors.Join(err, fmt.Errorf("the progress of the import could not be kept: %w", e))
	}
	if err != nil {
		return fmt.Errorf("%w\nthe import stopped behind %d rows (%d created, %d already there, %d rejected); the same command goes on", err, l.Entries, l.Created, l.There, l.Rejected)
	}
	out := summary{Created: l.Created, There: l.There, Rejected: l.Rejected}
	if out.Rejected > 0 {
		out.Rejects = l.Rejects
	}
	if err := i.show(out, func(w io.Writer) {
		row(w, "created", out.Created)
		row(w, "already there", out.There)
		row(w, "rejected", out.Rejected)
	}); err != nil || out.Rejected == 0 {
		return err
	}
	return fmt.Errorf("%d rows were rejected: %s says why", out.Rejected, l.Rejects)
}
