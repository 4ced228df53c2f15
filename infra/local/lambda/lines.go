package lambda

import (
	"bytes"
	"io"
	"sync"
)

// lines writes the output of a process line by line, each with the name of the function.
type lines struct {
	out    io.Writer
	prefix string

	mu   sync.Mutex
	rest []byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.print(line)
		l.rest = rest
	}
}

// flush prints a last line without a line break.
func (l *lines) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rest) > 0 {
		l.print(l.rest)
	}
	l.rest = nil
}

// print writes a line in one call, so that lines of several processes do not mix.
func (l *lines) print(line []byte) {
	_, _ = l.out.Write([]byte(l.prefix + " | " + string(line) + "\n"))
}
