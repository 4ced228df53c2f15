package main

import (
	"fmt"
	"os"
	"time"

	"scimserver/shared/admin"
)

// importProgress prints the progress of an import.
type importProgress struct {
	progressLine
	size int64 // of the file in bytes, 0 if unknown
}

func newProgress(s *session, source *os.File) *importProgress {
	p := &importProgress{progressLine: newProgressLine(s)}
	if info, err := source.Stat(); err == nil && info.Mode().IsRegular() {
		p.size = info.Size()
	}
	return p
}

// update prints the progress if it is time to. offset is where the last finished row ends in the file.
func (p *importProgress) update(rows int, offset int64) {
	p.print(func(elapsed time.Duration) string { return formatProgress(rows, offset, p.size, elapsed) })
}

// formatProgress is the text of the progress. The remaining time follows from the
// average rate so far.
func formatProgress(rows int, offset, size int64, elapsed time.Duration) string {
	text := fmt.Sprintf("%s, %.0f per second", admin.Counted(rows, "row"), float64(rows)/elapsed.Seconds())
	if size == 0 || offset == 0 {
		return text
	}
	done := min(float64(offset)/float64(size), 1)
	left := time.Duration(float64(elapsed) * (1 - done) / done).Round(time.Second)
	return fmt.Sprintf("%.0f%%, %s, %s left", 100*done, text, left)
}
