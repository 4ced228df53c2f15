package main

import (
	"fmt"
	"os"
	"time"
)

// importProgress prints how far an import is: every second to a terminal, less often
// to a log.
type importProgress struct {
	s        *session
	size     int64 // of the file in bytes, 0 if unknown
	interval time.Duration
	terminal bool
	start    time.Time
	printed  time.Time
}

func newProgress(s *session, source *os.File) *importProgress {
	now := time.Now()
	p := &importProgress{s: s, interval: 10 * time.Second, start: now, printed: now}
	if info, err := source.Stat(); err == nil && info.Mode().IsRegular() {
		p.size = info.Size()
	}
	if f, ok := s.err.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if p.terminal {
		p.interval = time.Second
	}
	return p
}

// update prints the progress if it is time to. offset is that of the last finished row.
func (p *importProgress) update(rows int, offset int64) {
	now := time.Now()
	if now.Sub(p.printed) < p.interval {
		return
	}
	p.printed = now
	start, end := "", "\n"
	if p.terminal {
		start, end = "\r", "   "
	}
	p.s.notify("%s%s%s", start, formatProgress(rows, offset, p.size, now.Sub(p.start)), end)
}

// formatProgress is the text of the progress. The remaining time follows from the
// average rate so far.
func formatProgress(rows int, offset, size int64, elapsed time.Duration) string {
	text := fmt.Sprintf("%d rows, %.0f per second", rows, float64(rows)/elapsed.Seconds())
	if size == 0 || offset == 0 {
		return text
	}
	done := min(float64(offset)/float64(size), 1)
	left := time.Duration(float64(elapsed) * (1 - done) / done).Round(time.Second)
	return fmt.Sprintf("%.0f%%, %s, %s left", 100*done, text, left)
}

// close ends the line on a terminal.
func (p *importProgress) close() {
	if p.terminal {
		p.s.notify("\n")
	}
}
