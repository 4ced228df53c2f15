package main

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// quotes is where a text of CSV stands (RFC 4180 section 2).
type quotes int

const (
	atCell  quotes = iota // a cell begins
	inCell                // in a cell without quotes
	inQuote               // between quotes
	atQuote               // behind a quote that ends the cell, or is the first of two
	broken                // a quote is where none may be
)

// behind is where a text stands once a line has been read.
func (q quotes) behind(line string) quotes {
	for i := 0; i < len(line) && q != broken; i++ {
		q = q.then(line[i])
	}
	return q
}

func (q quotes) then(c byte) quotes {
	switch {
	case q == inQuote && c != '"':
		return inQuote
	case q == inQuote:
		return atQuote
	case c == '"' && (q == atCell || q == atQuote):
		return inQuote
	case c == ',':
		return atCell
	case c == '"', q == atQuote:
		return broken
	}
	return inCell
}

// row reads the lines of one row, as they stand in the file. Without an error that
// ends the file, reason says why they are none: then the row is its first line alone,
// and what is behind that line is read anew, for a quote that is never closed would
// take all rows up to the next one.
func (t *table) row() (first line, text, reason string, err error) {
	if first, err = t.lines.next(); err != nil || first.long {
		return first, first.text, "", err
	}
	at, text := atCell.behind(first.text), first.text
	var more []line
	for at == inQuote {
		var l line
		l, err = t.lines.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return l, "", "", err
		}
		if err == nil {
			more, text = append(more, l), text+"\n"+l.text
		}
		if at = at.behind(l.text); err != nil || l.long || at == broken || len(text) > maxLine {
			t.lines.putBack(more)
			return first, first.text, "the row can't be read: a quote is not closed", nil
		}
	}
	return first, text, "", nil
}

// cells splits a row.
func cells(text string) (list []string, reason string) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1 // rows of another length are refused one by one
	list, err := r.Read()
	if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
		return nil, "the row can't be read: " + wrong.Err.Error()
	}
	return list, ""
}
