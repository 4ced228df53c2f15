package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"scimserver/shared/directory/verify"
	"scimserver/shared/table"
)

// readPrice is the price of a million read units in us-east-1 with on-demand capacity, in
// dollars (see infra/docs/cost.md).
const readPrice = 0.125

// unitBytes is the number of bytes that a read unit reads with eventual consistency.
const unitBytes = 2 * 4096

// formatEstimate says how large the table is, how long a check takes, and what it costs, in lines. It
// assumes that the rate is the bottleneck, because four parallel scans of 1 MB a page are fast enough for
// the usual rates.
func formatEstimate(name string, size table.Size, rate int) []string {
	if size.Items == 0 {
		return []string{
			fmt.Sprintf("table %s: DynamoDB has not counted its items yet, so the time left is unknown", name),
		}
	}
	units := max(1, float64(size.Bytes)/unitBytes)
	text := fmt.Sprintf("reading them takes about %s ($%.2f in us-east-1)", count(math.Round(units), "read unit"),
		units*readPrice/1e6)
	if rate > 0 {
		needed := time.Duration(units / float64(rate) * float64(time.Second))
		text += fmt.Sprintf(" and at least %s at %s a second", max(time.Second, needed.Round(time.Second)),
			count(rate, "unit"))
	}
	return []string{
		fmt.Sprintf("table %s: about %s, %s (DynamoDB counts them every six hours)", name, count(size.Items, "item"),
			formatBytes(size.Bytes)),
		text,
	}
}

func formatBytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d KB", (n+999)/1000)
}

// verifyProgress prints the progress of a check.
type verifyProgress struct {
	progressLine
	verifyText
}

func newVerifyProgress(s *session, items int64) *verifyProgress {
	return &verifyProgress{newProgressLine(s), newVerifyText(items)}
}

func (p *verifyProgress) update(now verify.Progress) {
	p.note(now)
	p.print(func(elapsed time.Duration) string { return p.format(now, elapsed) })
}

// verifyText puts the progress of a check into words.
type verifyText struct {
	items int64 // number of items in the table; 0 if unknown
	first int64 // number of items that an earlier run has read; -1 until the first update
}

func newVerifyText(items int64) verifyText { return verifyText{items, -1} }

func (p *verifyText) note(now verify.Progress) {
	if p.first < 0 {
		p.first = now.Items
	}
}

// done is the part of the items that was read, 0 if it is not known.
func (p *verifyText) done(now verify.Progress) float64 {
	if p.items == 0 {
		return 0
	}
	return min(float64(now.Items)/float64(p.items), 0.99)
}

func (p *verifyText) format(now verify.Progress, elapsed time.Duration) string {
	if now.Checking {
		return fmt.Sprintf("all items read (%d), %s checked", now.Items, count(now.Checked, "contradiction"))
	}
	text, read := count(now.Items, "item"), now.Items-p.first
	if p.items == 0 || read <= 0 {
		return text
	}
	left := max(0, float64(p.items-now.Items)) / float64(read) * elapsed.Seconds()
	return fmt.Sprintf("%.0f%%, %s, %s left", 100*p.done(now), text, strings.TrimSpace(formatElapsed(left)))
}
