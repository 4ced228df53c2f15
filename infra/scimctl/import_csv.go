package main

import (
	"bufio"
	"bytes"
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

// csvRows is a CSV file (RFC 4180). Its first row names the columns.
type csvRows struct {
	reader  *csv.Reader
	raw     *bytes.Buffer // what reader has read after offset
	offset  int64         // in the file, where the last row ends
	columns []column
}

// column says what the cells of a column mean.
type column struct {
	name     string // in lower case
	email    int    // the number of its email, 0 for a column of something else
	verified bool   // whether it says that the email is verified
}

const columnNames = "userName, displayName, email, emailVerified, email2, email2Verified and so on"

func newCSVRows(file *bufio.Reader, delimiter rune) (*csvRows, error) {
	raw := &bytes.Buffer{}
	c := &csvRows{reader: csv.NewReader(io.TeeReader(file, raw)), raw: raw}
	c.reader.Comma = delimiter
	c.reader.FieldsPerRecord = -1 // next rejects rows of another length one by one
	r, header, err := c.read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("the file is empty; its first row must name the columns: " + columnNames)
	case err != nil:
		return nil, err
	case r.problem != "":
		return nil, fmt.Errorf("line %d: %s", r.line, r.problem)
	}
	c.columns, err = columnsOf(header)
	return c, err
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
		return nil, fmt.Errorf("unknown columns: %s; use %s, separated by commas or by the character of -delimiter",
			strings.Join(unknown, ", "), columnNames)
	}
	return list, checkColumns(list)
}

// checkColumns refuses repeated and missing columns.
func checkColumns(list []column) error {
	named := map[string]bool{}
	for _, c := range list {
		if named[c.name] {
			return fmt.Errorf("the column %s is repeated", c.name)
		}
		named[c.name] = true
	}
	if !named["username"] {
		return errors.New("the column userName is missing")
	}
	for _, c := range list {
		if c.verified && !named[strings.TrimSuffix(c.name, "verified")] {
			return fmt.Errorf("the column %s has no column for its email", c.name)
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

func (c *csvRows) next() (fileRow, error) {
	r, cells, err := c.read()
	if err != nil || r.problem != "" {
		return r, err
	}
	account, err := c.account(cells)
	if err != nil {
		r.problem = err.Error()
		return r, nil
	}
	r.body, err = json.Marshal(account)
	return r, err
}

// read splits the next row into cells. A row that is not CSV has a problem instead.
func (c *csvRows) read() (r fileRow, cells []string, err error) {
	cells, err = c.reader.Read()
	r.end = c.reader.InputOffset()
	r.text = strings.Trim(string(c.raw.Next(int(r.end-c.offset))), "\r\n")
	c.offset = r.end
	if invalid, ok := errors.AsType[*csv.ParseError](err); ok {
		r.line, r.problem = invalid.StartLine, describeCSVError(invalid)
		return r, nil, nil
	}
	if err == nil {
		r.line, _ = c.reader.FieldPos(0)
	}
	return r, cells, err
}

func describeCSVError(e *csv.ParseError) string {
	if e.Line > e.StartLine {
		return fmt.Sprintf("a quote is opened and not closed correctly, so lines %d to %d can't be read as rows",
			e.StartLine, e.Line)
	}
	return "the row is not valid CSV: " + e.Err.Error()
}

// account is the account in the cells of a row. Its first email is the primary one.
func (c *csvRows) account(cells []string) (a admin.NewAccount, err error) {
	if len(cells) != len(c.columns) {
		return a, fmt.Errorf("the row has %s, but the first row of the file has %d",
			admin.Counted(len(cells), "cell"), len(c.columns))
	}
	var list [tenant.MaxEmails + 1]admin.AccountEmail
	for i, column := range c.columns {
		cell := strings.TrimSpace(cells[i])
		switch {
		case !utf8.ValidString(cell):
			return a, errors.New("the row is not in UTF-8")
		case column.name == "username":
			a.UserName = &cell
		case column.name == "displayname":
			a.DisplayName = &cell
		case !column.verified:
			list[column.email].Value = cell
		default:
			if list[column.email].Verified, err = parseTruth(cell); err != nil {
				return a, fmt.Errorf("%s: %w", column.name, err)
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

func parseTruth(cell string) (bool, error) {
	switch strings.ToLower(cell) {
	case "true", "yes", "1":
		return true, nil
	case "false", "no", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", cell)
}
