package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/provlog"
	"scimserver/shared/scim"
)

// logFormat is how log prints its entries.
type logFormat string

const (
	asTable logFormat = "table"
	asJSON  logFormat = "json"
	asCSV   logFormat = "csv"
)

func (f *logFormat) parse(v string) error {
	switch *f = logFormat(v); *f {
	case asTable, asJSON, asCSV:
		return nil
	}
	return errors.New("the format must be table, json or csv")
}

// describeLog writes entries as a table.
func describeLog(w io.Writer, entries []provlog.Entry) {
	row(w, logHeader...)
	for _, e := range entries {
		row(w, logCells(e)...)
	}
	noRows(w, len(entries))
}

var logHeader = []any{"TIME", "STATUS", "OPERATION", "RESOURCE", "NAME", "ID", "BY", "WHAT"}

func logCells(e provlog.Entry) []any {
	return []any{
		wording.Second(e.Time), e.Status, e.Operation, e.Kind, wording.Truncate(e.Name, wording.MaxName),
		wording.Truncate(string(e.ID), wording.MaxName), wording.Actor(e), wording.Entry(e),
	}
}

// writeLogCSV writes entries as RFC 4180 describes, with a header line if header is true. The elements of a list
// are separated by spaces.
func writeLogCSV(w io.Writer, entries []provlog.Entry, header bool) error {
	out := csv.NewWriter(w)
	if header {
		if err := out.Write([]string{
			"time", "status", "operation", "resourceType", "id", "name", "externalId", "credential", "operator",
			"request", "scimType", "detail", "changed", "deviations", "ignored", "skipped", "skippedCount",
			"added", "addedCount", "removed", "removedCount", "formerName",
		}); err != nil {
			return err
		}
	}
	for _, e := range entries {
		if err := out.Write(csvCells(e)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func csvCells(e provlog.Entry) []string {
	cells := []string{
		e.Time.UTC().Format(time.RFC3339Nano), strconv.Itoa(e.Status), e.Operation, e.Kind, string(e.ID), e.Name,
		e.ExternalID, string(e.Credential), e.Operator, e.Request, e.Type, e.Detail, strings.Join(e.Changed, " "),
		strings.Join(e.Deviations, " "), strings.Join(e.Ignored, " "), join(e.Skipped, " "),
		strconv.Itoa(e.SkippedCount), memberIDs(e.Added), strconv.Itoa(e.AddedCount), memberIDs(e.Removed),
		strconv.Itoa(e.RemovedCount), e.FormerName,
	}
	for i, cell := range cells {
		cells[i] = asText(cell)
	}
	return cells
}

// memberIDs lists members by their ids: a name may contain spaces.
func memberIDs(all []provlog.Member) string {
	ids := make([]scim.ID, len(all))
	for i, m := range all {
		ids[i] = m.ID
	}
	return join(ids, " ")
}

// asText changes a text from a provider that a spreadsheet would take for a formula. See OWASP, "CSV Injection".
func asText(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// writeLines writes values as JSON, one per line.
func writeLines[T any](w io.Writer, values []T) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, v := range values {
		if err := e.Encode(v); err != nil {
			return err
		}
	}
	return nil
}
