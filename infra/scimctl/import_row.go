package main

import (
	"context"
	"encoding/json"
	"fmt"

	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// importRow is a row with its result. Later rows that share a value with it wait for the result.
type importRow struct {
	fileRow
	values   []rowValue
	finished chan struct{}
	result   rowResult // once finished is closed
}

// rowResult says what became of a row. If none of the first three is set, err says why.
type rowResult struct {
	created, exists bool
	rejected        string // the reason
	err             error
}

// rowValue is a value of a row that only one account can have.
type rowValue struct {
	attribute string // userName or email
	value     string
	previous  *importRow // the last row before this one that has the value, nil if none has
	rows      *valueRows // the rows of the whole file that have the value
}

// valueRows is what is known of the rows that have a value. Each row waits for the one before, so only one
// changes this at a time.
type valueRows struct {
	last       *importRow
	importedIn int // line of the row that was imported, 0 if none was
}

// finish publishes the result of the row. It must be called once.
func (r *importRow) finish(result rowResult) {
	r.result = result
	if result.created || result.exists {
		for _, v := range r.values {
			v.rows.importedIn = r.line
		}
	}
	close(r.finished)
}

// rowIndex finds the rows that have a value. It grows with the file.
type rowIndex map[string]*valueRows

// add adds a row of the file. It must be called in the order of the rows.
func (x rowIndex) add(row fileRow) *importRow {
	r := &importRow{fileRow: row, values: uniqueValues(row), finished: make(chan struct{})}
	for i := range r.values {
		v := &r.values[i]
		key := v.attribute + " " + scim.Fold(v.value)
		if x[key] == nil {
			x[key] = &valueRows{}
		}
		if v.rows = x[key]; v.rows.last != r {
			v.previous, v.rows.last = v.rows.last, r
		}
	}
	return r
}

// uniqueValues are the userName and the emails of a row. A row that the service will
// refuse may have none.
func uniqueValues(row fileRow) (values []rowValue) {
	var a admin.NewAccount
	if row.problem != "" || json.Unmarshal(row.body, &a) != nil {
		return nil
	}
	if a.UserName != nil {
		values = append(values, rowValue{attribute: "userName", value: *a.UserName})
	}
	if a.Emails != nil {
		for _, email := range *a.Emails {
			values = append(values, rowValue{attribute: "email", value: email.Value})
		}
	}
	return values
}

// firstWins waits for the earlier rows that share a value with a row. The row is
// rejected if one of them was imported; the zero result means that none was. This can't
// deadlock: workers get the rows in order, so the earliest row never waits.
func (r *importRow) firstWins(ctx context.Context) rowResult {
	for _, v := range r.values {
		if v.previous == nil {
			continue
		}
		select {
		case <-v.previous.finished:
		case <-ctx.Done():
			return rowResult{err: ctx.Err()}
		}
		if v.rows.importedIn != 0 {
			return rowResult{rejected: fmt.Sprintf("%s %q is in line %d too, which was imported: the first row wins",
				v.attribute, v.value, v.rows.importedIn)}
		}
		if err := v.previous.result.err; err != nil {
			return rowResult{err: err}
		}
	}
	return rowResult{}
}
