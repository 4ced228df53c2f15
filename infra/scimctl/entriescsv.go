package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

// table is a CSV file (RFC 4180) whose first row names the columns.
type table struct {
	leash   *leash
	r       *csv.Reader
	columns []column
	line    int // on which the row before begins
}

// column says what the cells of a column are.
type column struct {
	name     string // in lower case
	email    int    // number of the email that it is about, 0 if it is about none
	verified bool   // whether it says that the email is verified
}

const columnNames = "userName, displayName, email, emailVerified, email2, email2Verified and so on"

func newTable(file *bufio.Reader) (*table, error) {
	leash := &leash{r: file, left: maxEntry}
	t := &table{leash: leash, r: csv.NewReader(leash), line: 1}
	t.r.FieldsPerRecord = -1 // rows of another length are refused one by one
	header, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; its first row must name the columns: " + columnNames)
	}
	if err == nil {
		t.columns, err = columnsOf(header)
	}
	return t, err
}

func columnsOf(header []string) (list []column, err error) {
	var unknown []string
	for _, text := range header {
		c, ok := columnOf(strings.ToLower(strings.TrimSpace(text)))
		if !ok {
			unknown = append(unknown, strconv.Quote(text))
		}
		list = append(list, c)
	}
	if unknown != nil {
		return nil, fmt.Errorf("unknown columns %s: there are %s, separated by commas", strings.Join(unknown, ", "), columnNames)
	}
	return list, together(list)
}

// together refuses columns that do not make a table.
func together(list []column) error {
	named := map[string]bool{}
	for _, c := range list {
		if named[c.name] {
			return fmt.Errorf("the column %s is there twice", c.name)
		}
		named[c.name] = true
	}
	if !named["username"] {
		return errors.New("there is no column userName")
	}
	for _, c := range list {
		if c.verified && !named[strings.TrimSuffix(c.name, "verified")] {
			return fmt.Errorf("the column %s is there without the email that it is about", c.name)
		}
	}
	return nil
}

var emailColumn = regexp.MustCompile(`^email([0-9]*)(verified)?$`)

func columnOf(name string) (column, bool) {
	c := column{name: name}
	if name == "username" || name == "displayname" {
		return c, true
	}
	parts := emailColumn.FindStringSubmatch(name)
	if parts == nil {
		return c, false
	}
	c.email, c.verified = 1, parts[2] != ""
	if parts[1] == "" {
		return c, true
	}
	n, err := strconv.Atoi(parts[1])
	c.email = n
	return c, err == nil && n >= 2 && n <= tenant.MaxEmails && parts[1][0] != '0'
}

func (t *table) next() (entry, error) {
	t.leash.left = maxEntry
	cells, err := t.r.Read()
	e := entry{text: rowOf(cells)}
	if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
		e.line, e.reason = wrong.StartLine, "the row can't be read: "+wrong.Err.Error()
		if wrong.Line > wrong.StartLine {
			e.reason = fmt.Sprintf("lines %d to %d can't be read as one row: %v", wrong.StartLine, wrong.Line, wrong.Err)
		}
		return e, nil
	}
	if errors.Is(err, errLeash) {
		return e, fmt.Errorf("behind line %d: %w", t.line, err)
	}
	if err != nil {
		return e, err
	}
	e.line, _ = t.r.FieldPos(0)
	t.line = e.line
	account, err := t.account(cells)
	if err != nil {
		e.reason = err.Error()
		return e, nil
	}
	e.body, err = json.Marshal(account)
	return e, err
}

// rowOf writes cells as a row of CSV.
func rowOf(cells []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(cells) // a Builder takes everything
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// account is what the cells of a row say. The first email is the primary one.
func (t *table) account(cells []string) (a admin.NewAccount, err error) {
	if len(cells) != len(t.columns) {
		return a, fmt.Errorf("the row has %d cells, the first row of the file %d", len(cells), len(t.columns))
	}
	var list [tenant.MaxEmails + 1]admin.AccountEmail
	for i, c := range t.columns {
		cell := strings.TrimSpace(cells[i])
		switch {
		case !utf8.ValidString(cell):
			return a, errors.New("the row is not in UTF-8")
		case c.name == "username":
			a.UserName = &cell
		case c.name == "displayname":
			a.DisplayName = &cell
		case !c.verified:
			list[c.email].Value = cell
		default:
			if list[c.email].Verified, err = truth(cell); err != nil {
				return a, fmt.Errorf("%s: %w", c.name, err)
			}
		}
	}
	emails := slices.DeleteFunc(list[1:], func(e admin.AccountEmail) bool { return e == admin.AccountEmail{} })
	for i := range emails {
		emails[i].Primary = i == 0
	}
	a.Emails = &emails
	return a, nil
}

func truth(cell string) (bool, error) {
	switch strings.ToLower(cell) {
	case "true", "yes", "1":
		return true, nil
	case "false", "no", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", cell)
}

// maxEntry bounds what is read for one row of a table, in bytes.
const maxEntry = 1 << 20

// leash ends a row that goes on and on: behind a quote that is never closed all of
// the file would be one row.
type leash struct {
	r    io.Reader
	left int
}

var errLeash = fmt.Errorf("the row takes more than %d bytes: is a quote not closed?", maxEntry)

func (l *leash) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLeash
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}
