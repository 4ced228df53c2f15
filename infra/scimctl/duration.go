package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// parseSeconds reads a duration such as 90d, 36h or 30m.
func parseSeconds(s string) (int64, error) {
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.ParseInt(days, 10, 32)
		if err != nil {
			return 0, fmt.Errorf("%q is not a number of days", s)
		}
		return n * int64(day/time.Second), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d%time.Second != 0 {
		return 0, fmt.Errorf("%q is not a duration in days, hours, minutes or seconds (90d, 36h, 30m, 15s)", s)
	}
	return int64(d / time.Second), nil
}

// formatSeconds writes a limit in seconds as parseSeconds reads it.
func formatSeconds(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d == 0:
		return "no limit"
	case d%day == 0:
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}
