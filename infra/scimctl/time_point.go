package main

import (
	"fmt"
	"time"
)

// timePoint is a point in time that a flag names: absolute, or a duration before now.
type timePoint struct {
	at  time.Time
	ago time.Duration
}

// parseStart reads a duration, a date or a time. A date means the beginning of the day
// in the local time zone.
func (p *timePoint) parseStart(v string) error {
	*p = timePoint{}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.ParseInLocation(layout, v, time.Local); err == nil {
			p.at = at
			return nil
		}
	}
	n, err := parseSeconds(v)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is not a duration before now (90d, 36h), a date (2026-11-24) "+
			"or a time (RFC 3339: 2026-11-24T08:00:00Z)", v)
	}
	const most = 100 * 365 * day // no log is older, and time.Duration can't hold much more
	p.ago = time.Duration(min(n, int64(most/time.Second))) * time.Second
	return nil
}

// parseEnd is parseStart, but a date means the end of the day.
func (p *timePoint) parseEnd(v string) error {
	if err := p.parseStart(v); err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, v); err == nil {
		p.at = p.at.AddDate(0, 0, 1).Add(-time.Nanosecond)
	}
	return nil
}

func (p timePoint) time(now time.Time) time.Time {
	if p.at.IsZero() {
		return now.Add(-p.ago)
	}
	return p.at
}
