package main

import (
	"os"
	"time"
)

// progressLine prints the progress of a command: every second to a terminal, less often to a log.
type progressLine struct {
	s        *session
	interval time.Duration
	terminal bool
	start    time.Time
	printed  time.Time
}

func newProgressLine(s *session) progressLine {
	now := time.Now()
	p := progressLine{s: s, interval: 10 * time.Second, start: now, printed: now}
	if f, ok := s.err.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if p.terminal {
		p.interval = time.Second
	}
	return p
}

// print prints a text if the interval has passed since the last one. format gets the time since the start.
func (p *progressLine) print(format func(elapsed time.Duration) string) {
	now := time.Now()
	if now.Sub(p.printed) < p.interval {
		return
	}
	p.printed = now
	start, end := "", "\n"
	if p.terminal {
		start, end = "\r", "   "
	}
	p.s.notify("%s%s%s", start, format(now.Sub(p.start)), end)
}

// close ends the line on a terminal.
func (p *progressLine) close() {
	if p.terminal {
		p.s.notify("\n")
	}
}
