package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// entry is one account of a file that is imported.
type entry struct {
	line   int             // on which it begins
	text   string          // as it stands in the file, for the report
	body   json.RawMessage // what makes it
	reason string          // why nothing can, "" where something does
}

// entries are those of a file. next ends with io.EOF; after another error nothing
// can be read any more.
type entries interface{ next() (entry, error) }

// formats are the ways of writing accounts into a file.
func formats() map[string]func(*bufio.Reader) (entries, error) {
	return map[string]func(*bufio.Reader) (entries, error){
		"csv":   func(r *bufio.Reader) (entries, error) { return newTable(r) },
		"jsonl": func(r *bufio.Reader) (entries, error) { return &jsonLines{r: r}, nil },
	}
}

// maxLine is the longest line of JSON, in bytes: the API takes no longer body.
const maxLine = 64 << 10

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
type jsonLines struct {
	r    *bufio.Reader
	line int
}

func (l *jsonLines) next() (entry, error) {
	for {
		text, err := l.r.ReadSlice('\n')
		l.line++
		if errors.Is(err, bufio.ErrBufferFull) {
			return l.tooLong(string(text[:200]))
		}
		text = bytes.TrimSpace(text)
		if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0) {
			return entry{}, err
		}
		if len(text) == 0 {
			continue
		}
		e := entry{line: l.line, text: string(text), body: bytes.Clone(text)}
		if !json.Valid(text) {
			e.reason = "the line is no JSON"
		}
		return e, nil
	}
}

// tooLong passes over the rest of a line.
func (l *jsonLines) tooLong(start string) (entry, error) {
	err := bufio.ErrBufferFull
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.r.ReadSlice('\n')
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return entry{}, err
	}
	return entry{line: l.line, text: start + "...", reason: fmt.Sprintf("the line has more than %d KiB", maxLine>>10)}, nil
}
