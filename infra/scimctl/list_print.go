package main

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// printRows prints a long list as a table, page by page. The columns have a fixed width,
// because the widest cell is not known yet. line formats a row for people: see formatCell.
func printRows[T any](w io.Writer, list iter.Seq2[[]T, error], header string, line func(T) string) error {
	if _, err := io.WriteString(w, header); err != nil {
		return err
	}
	rows := 0
	for page, err := range list {
		if err != nil {
			return err
		}
		rows += len(page)
		for _, one := range page {
			if _, err := io.WriteString(w, line(one)); err != nil {
				return err
			}
		}
	}
	noRows(w, rows)
	return nil
}

// printListJSON prints a long list as one object, page by page, as if all entries were on
// one page.
func printListJSON[T any](w io.Writer, name string, list iter.Seq2[[]T, error]) error {
	if _, err := fmt.Fprintf(w, "{\n  %q: [", name); err != nil {
		return err
	}
	safe, separator := escaper{w}, ""
	for page, err := range list {
		if err != nil {
			return err
		}
		for _, one := range page {
			text, err := json.MarshalIndent(one, "    ", "  ")
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(safe, "%s\n    %s", separator, text); err != nil {
				return err
			}
			separator = ","
		}
	}
	_, err := io.WriteString(w, "\n  ]\n}\n")
	return err
}
