package main

import (
	"os"
	"time"
)

// meter says now and then how many rows are done, and how fast: every second to a
// terminal, more seldom to a log.
type meter struct {
	s        *session
	every    time.Duration
	terminal bool
	rows     int
	shown    time.Time
}

func newMeter(s *session, rows int) *meter {
	m := &meter{s: s, every: 10 * time.Second, rows: rows, shown: time.Now()}
	if rows > 0 {
		s.say("goes on behind %d rows\n", rows)
	}
	if f, ok := s.err.(*os.File); ok {
		info, err := f.Stat()
		m.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	if m.terminal {
		m.every = time.Second
	}
	return m
}

func (m *meter) at(rows int) {
	past := time.Since(m.shown)
	if past < m.every {
		return
	}
	start, end := "", "\n"
	if m.terminal {
		start, end = "\r", "   "
	}
	m.s.say("%s%d rows done, %.0f a second%s", start, rows, float64(rows-m.rows)/past.Seconds(), end)
	m.rows, m.shown = rows, time.Now()
}

// end leaves the line that a terminal shows.
func (m *meter) end() {
	if m.terminal {
		m.s.say("\n")
	}
}
