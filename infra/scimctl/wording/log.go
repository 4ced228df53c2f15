package wording

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"scimserver/shared/provlog"
)

// The maximum of characters in cells that may be long.
const (
	MaxName   = 40
	MaxDetail = 64
)

// Entry says what an entry of the provisioning log changed, or why it failed.
func Entry(e provlog.Entry) string {
	parts := []string{Truncate(strings.Join(e.Changed, ", "), MaxDetail)}
	if e.Failed() {
		parts = []string{strings.TrimSpace(e.Type + " " + firstSentence(e.Detail))}
	}
	if e.SkippedCount > 0 {
		parts = append(parts, fmt.Sprintf("skipped %d unknown members: %s", e.SkippedCount,
			Truncate(join(e.Skipped, ", "), MaxDetail)))
	}
	if len(e.Ignored) > 0 {
		parts = append(parts, "ignored: "+Truncate(strings.Join(e.Ignored, ", "), MaxDetail))
	}
	if len(e.Deviations) > 0 {
		parts = append(parts, "tolerated: "+Truncate(strings.Join(e.Deviations, ", "), MaxDetail))
	}
	return strings.Trim(strings.Join(parts, "; "), "; ")
}

// Actor names the credential of a provider, or the operator.
func Actor(e provlog.Entry) string {
	if e.Operator != "" {
		return Maker(e.Operator)
	}
	return string(e.Credential)
}

// The parts of an error's detail. Values are in quotes, and may contain anything.
var (
	quotedValue    = regexp.MustCompile(`"(\\.|[^"\\])*("|$)`)
	conflictRemark = regexp.MustCompile(` \(conflict [a-z2-7]{12}\)`)
	endOfSentence  = regexp.MustCompile(`\. |\.$`)
)

// firstSentence is the first sentence of a detail, and the conflicts that it names.
func firstSentence(detail string) string {
	masked := quotedValue.ReplaceAllStringFunc(detail, func(v string) string { return strings.Repeat("_", len(v)) })
	remarks := conflictRemark.FindAllString(masked, -1)
	if at := endOfSentence.FindStringIndex(masked); at != nil {
		detail, masked = detail[:at[0]], masked[:at[0]]
	}
	if at := conflictRemark.FindStringIndex(masked); at != nil {
		detail = detail[:at[0]] + detail[at[1]:]
	}
	return Truncate(detail, MaxDetail) + strings.Join(slices.Compact(remarks), "")
}
