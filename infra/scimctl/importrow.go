package main

import (
	"context"
	"encoding/json"
	"fmt"

	"scimserver/shared/admin"
	"scimserver/shared/scim"
)

// importRow is a row of a file with what has become of it, which later rows of the
// same person wait for.
type importRow struct {
	number   int // its line
	finished chan struct{}
	outcome  outcome // once finished is closed
}

func newImportRow(line int) *importRow {
	return &importRow{number: line, finished: make(chan struct{})}
}

// finish tells everybody who waits what has become of the row. It is called once.
func (r *importRow) finish(o outcome) {
	r.outcome = o
	close(r.finished)
}

// sharedValue is a value that an earlier row has too. A userName and an email are
// unique, so that at most one of the rows can be imported.
type sharedValue struct {
	row  *importRow
	what string // such as userName "ann"
}

// rowIndex finds the rows that have a userName or an email. It grows with the file.
type rowIndex map[string][]*importRow

// add adds a row and returns the values that earlier rows have too, in the order of
// those rows.
func (x rowIndex) add(e entry, r *importRow) (earlier []sharedValue) {
	for _, v := range uniqueValues(e) {
		key := v.attribute + " " + scim.Fold(v.value)
		for _, other := range x[key] {
			if other != r {
				earlier = append(earlier, sharedValue{other, fmt.Sprintf("%s %q", v.attribute, v.value)})
			}
		}
		x[key] = append(x[key], r)
	}
	return earlier
}

type uniqueValue struct{ attribute, value string }

// uniqueValues are the values of an entry that no other account may have. One that the
// service will refuse has none.
func uniqueValues(e entry) (values []uniqueValue) {
	var a admin.NewAccount
	if e.reason != "" || json.Unmarshal(e.body, &a) != nil {
		return nil
	}
	if a.UserName != nil {
		values = append(values, uniqueValue{"userName", *a.UserName})
	}
	if a.Emails != nil {
		for _, email := range *a.Emails {
			values = append(values, uniqueValue{"email", email.Value})
		}
	}
	return values
}

// firstWins waits for the earlier rows that share a value with a row. It returns that
// the row is rejected if one of them has become an account, and nothing if none has.
// Rows are handed out in order, so that the earliest never waits.
func firstWins(ctx context.Context, earlier []sharedValue) outcome {
	for _, shared := range earlier {
		select {
		case <-shared.row.finished:
		case <-ctx.Done():
			return outcome{err: ctx.Err()}
		}
		switch o := shared.row.outcome; {
		case o.err != nil:
			return outcome{err: o.err}
		case o.created || o.there:
			return outcome{rejected: fmt.Sprintf("%s is in line %d too, which was imported: the first row wins",
				shared.what, shared.row.number)}
		}
	}
	return outcome{}
}
