package console

import (
	"regexp"
	"time"

	"scimserver/infra/scimctl/wording"
	"scimserver/shared/web"
)

// writtenTime matches a time in a text of scimctl or of the log: 2026-11-29 12:51Z, 2026-11-29T12:51:42Z.
var writtenTime = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)`)

// withTimes returns a text with its times as pages show them: in UTC, with the month in letters.
func withTimes(text string) string {
	return writtenTime.ReplaceAllStringFunc(text, func(found string) string {
		for _, layout := range []string{wording.TimeToMinute, time.RFC3339} {
			if at, err := time.Parse(layout, found); err == nil {
				return web.Time(at)
			}
		}
		return found
	})
}
