package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the longest line, and the longest row of a table, in bytes: the API takes
// no longer body.
const maxLine = 64 << 10

// line is a line of a file without its end.
type line struct {
	number int
	text   string // of one that is too long the beginning
	long   bool
}

// lines reads a file, of which lines can be put back.
type lines struct {
	r      *bufio.Reader // with a buffer of maxLine
	number int
	ahead  []line
}

// next ends with io.EOF. With another error the line has the number alone.
func (l *lines) next() (line, error) {
	if len(l.ahead) > 0 {
		first := l.ahead[0]
		l.ahead = l.ahead[1:]
		return first, nil
	}
	l.number++
	text, err := l.r.ReadSlice('\n')
	out := line{number: l.number, text: string(text)}
	if errors.Is(err, bufio.ErrBufferFull) {
		const kept = 200
		out.text, out.long = strings.ToValidUTF8(out.text[:kept], "")+"...", true
		err = l.skip()
	}
	if errors.Is(err, io.EOF) && out.text != "" {
		err = nil // the last line may lack its end
	}
	out.text = strings.TrimRight(out.text, "\r\n")
	return out, err
}

// skip passes over the rest of a line.
func (l *lines) skip() error {
	err := bufio.ErrBufferFull
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.r.ReadSlice('\n')
	}
	return err
}

// putBack makes lines those that are read next.
func (l *lines) putBack(list []line) { l.ahead = append(list, l.ahead...) }

// rejected is the entry of a line that can't be read.
func (l line) rejected(reason string) entry {
	if l.long {
		reason = fmt.Sprintf("the line has more than %d KiB", maxLine>>10)
	}
	return entry{line: l.number, text: l.text, reason: reason}
}
