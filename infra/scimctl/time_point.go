package main

import (
	"fmt"
	"time"

	"scimserver/infra/scimctl/wording"
)

// timePoint is a point in time that a flag names: absolute, or a duration before now.
type timePoint struct {
	at  time.Time
	ago time.Duration
}

// timeLayouts are the forms in which people write a time, including those that scimctl prints. A time without a
// zone is local.
var timeLayouts = []string{
	time.RFC3339, time.DateOnly, wording.TimeToSecond, wording.TimeToMinute,
	time.DateTime, "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04",
}

// parseStart reads a duration, a date or a time. A date, today and yesterday mean the beginning of
// the day in the local time zone.
func (p *timePoint) parseStart(v string) error {
	*p = timePoint{}
	if back, named := namedDays[v]; named {
		v = time.Now().AddDate(0, 0, -back).Format(time.DateOnly)
	}
	for _, layout := range timeLayouts {
		if at, err := time.ParseInLocation(layout, v, time.Local); err == nil {
			p.at = at
			return nil
		}
	}
	n, err := parseSeconds(v)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is not a duration before now (90d, 36h), a date (2026-11-24, today, yesterday) "+
			"or a time (2026-11-24 08:00, or RFC 3339: 2026-11-24T08:00:00Z)", v)
	}
	const most = 100 * 365 * day // no log is older, and time.Duration can't hold much more
	p.ago = time.Duration(min(n, int64(most/time.Second))) * time.Second
	return nil
}

// namedDays are the words for days, with the number of days ago.
var namedDays = map[string]int{"today": 0, "yesterday": 1}

// parseEnd is parseStart, but a date means the end of the day.
func (p *timePoint) parseEnd(v string) error {
	if err := p.parseStart(v); err != nil {
		return err
	}
	_, named := namedDays[v]
	if _, err := time.Parse(time.DateOnly, v); err == nil || named {
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
