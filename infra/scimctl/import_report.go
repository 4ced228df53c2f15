package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// maxReportedText is the maximum number of bytes of a row in the report. Without it, the report could have most
// of the file in one row: an unclosed quote makes the rest of the file one row.
const maxReportedText = 64 << 10

// rejectReport is the CSV file of rejected rows: line, reason, row. Without a path it
// writes nothing.
type rejectReport struct {
	path string
	file *os.File
	csv  *csv.Writer
}

// newReport creates the report, which replaces an earlier one. It refuses to overwrite
// the file that is imported.
func newReport(path string, source *os.File) (*rejectReport, error) {
	r := &rejectReport{path: path}
	if path == "" {
		return r, nil
	}
	if overwrites(path, source) {
		return nil, usageError(
			"the report of rejected rows would overwrite the imported file; choose another with -rejects",
		)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600) // rows may hold passwords
	if err != nil {
		return nil, fmt.Errorf("the report of rejected rows: %w", err)
	}
	r.file, r.csv = file, csv.NewWriter(file)
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New(path + " is not a regular file")
	}
	if err == nil {
		err = errors.Join(file.Truncate(0), r.csv.Write([]string{"line", "reason", "row"}))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the report of rejected rows: %w", err), file.Close())
	}
	return r, nil
}

func overwrites(path string, source *os.File) bool {
	imported, err := source.Stat()
	if err != nil {
		return false
	}
	report, err := os.Stat(path)
	return err == nil && os.SameFile(imported, report)
}

func (r *rejectReport) add(rejected fileRow, reason string) error {
	if r.csv == nil {
		return nil
	}
	text := rejected.text
	if len(text) > maxReportedText {
		text = strings.ToValidUTF8(text[:maxReportedText], "") + "..."
	}
	return r.csv.Write([]string{strconv.Itoa(rejected.line), reason, text})
}

// close closes the report, and removes it if it has no rows.
func (r *rejectReport) close(hasRows bool) error {
	if r.csv == nil {
		return nil
	}
	r.csv.Flush()
	err := errors.Join(r.csv.Error(), r.file.Close())
	if err == nil && !hasRows {
		err = os.Remove(r.path)
	}
	return err
}
