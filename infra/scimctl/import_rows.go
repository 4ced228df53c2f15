package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// fileRow is one account in a file.
type fileRow struct {
	line    int             // where it begins
	end     int64           // where it ends in the file, as an offset
	text    string          // as it is in the file, for the report
	body    json.RawMessage // of the request that creates the account
	problem string          // why there is no body, "" if there is one
}

// rowReader reads the rows of a file. next returns io.EOF after the last row. After any other error, it must not
// be called again.
type rowReader interface{ next() (fileRow, error) }

// openRows reads a file in a format, csv or jsonl.
func openRows(file io.Reader, format string, delimiter rune) (rowReader, error) {
	r, err := skipByteOrderMark(file)
	switch {
	case err != nil:
		return nil, err
	case format == "csv":
		return newCSVRows(r, delimiter)
	}
	return &jsonRows{reader: r}, nil
}

// skipByteOrderMark skips the mark that some programs write before UTF-8.
func skipByteOrderMark(file io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReader(file)
	mark := []byte("\xef\xbb\xbf")
	start, err := r.Peek(len(mark))
	if bytes.Equal(start, mark) {
		_, err = r.Discard(len(mark))
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return r, err
}

// jsonRows is a file with the body of one POST /v1/accounts in each line.
type jsonRows struct {
	reader *bufio.Reader
	line   int
	offset int64
}

func (j *jsonRows) next() (fileRow, error) {
	for {
		text, err := j.reader.ReadString('\n')
		if err != nil && text == "" || err != nil && !errors.Is(err, io.EOF) {
			return fileRow{line: j.line + 1}, err
		}
		j.line++
		j.offset += int64(len(text))
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		r := fileRow{line: j.line, end: j.offset, text: text, body: json.RawMessage(text)}
		if !json.Valid(r.body) {
			r.problem = "the line is not valid JSON"
		}
		return r, nil
	}
}
