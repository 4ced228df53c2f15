package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// entry is one account of a file that is imported.
type entry struct {
	line   int             // on which it begins
	text   string          // as it stands in the file, for the report
	body   json.RawMessage // what makes it
	reason string          // why nothing can, "" where something does
}

// entries are those of a file. next ends with io.EOF; after another error, with which
// the entry has its line alone, nothing can be read any more.
type entries interface{ next() (entry, error) }

// formats are the ways of writing accounts into a file.
func formats() map[string]func(*bufio.Reader) (entries, error) {
	return map[string]func(*bufio.Reader) (entries, error){
		"csv":   func(r *bufio.Reader) (entries, error) { return newTable(r) },
		"jsonl": func(r *bufio.Reader) (entries, error) { return &jsonLines{lines{r: r}}, nil },
	}
}

// buffered reads a file from behind the mark that some programs put in front of UTF-8.
func buffered(file io.Reader) (*bufio.Reader, error) {
	r := bufio.NewReaderSize(file, maxLine)
	mark := []byte("\xef\xbb\xbf")
	front, err := r.Peek(len(mark))
	if bytes.Equal(front, mark) {
		_, err = r.Discard(len(mark))
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return r, err
}

// jsonLines is a file with the body of one POST /v1/accounts a line.
type jsonLines struct{ lines lines }

func (j *jsonLines) next() (entry, error) {
	for {
		l, err := j.lines.next()
		if err != nil || l.long {
			return l.rejected(""), err
		}
		text := strings.TrimSpace(l.text)
		switch {
		case text == "":
			continue
		case !json.Valid([]byte(text)):
			return l.rejected("the line is no JSON"), nil
		}
		return entry{line: l.number, text: text, body: json.RawMessage(text)}, nil
	}
}
