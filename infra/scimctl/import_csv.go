package main

import (
	"bufio"
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
	lines   lines
	columns []column
}

// column says what the cells of a column are.
type column struct {
	name     string // in lower case
	email    int    // number of the email that it is about, 0 if it is about none
	verified bool   // whether it says that the email is verified
}

const columnNames = "userName, displayName, email, emailVerified, email2, email2Verified and so on"

func newTable(file *bufio.Reader) (*table, error) {
	t := &table{lines: lines{r: file}}
	e, header, err := t.nextRow()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty; its first row must name the columns: " + columnNames)
	}
	if err == nil && e.reason != "" {
		err = fmt.Errorf("line %d: %s", e.line, e.reason)
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
	e, row, err := t.nextRow()
	if err != nil || e.reason != "" {
		return e, err
	}
	account, err := t.account(row)
	if err != nil {
		e.reason = err.Error()
		return e, nil
	}
	e.body, err = json.Marshal(account)
	return e, err
}

// nextRow splits the next row that is not empty.
func (t *table) nextRow() (entry, []string, error) {
	for {
		first, text, reason, err := t.row()
		if err != nil || first.long || reason != "" {
			return first.rejected(reason), nil, err
		}
		if text == "" {
			continue
		}
		e := entry{line: first.number, text: text}
		var row []string
		row, e.reason = cells(text)
		return e, row, nil
	}
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
