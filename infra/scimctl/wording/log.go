package wording

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"scimserver/shared/admin"
	"scimserver/shared/provlog"
)

// The maximum number of characters in cells that may be long.
const (
	MaxName   = 40
	MaxDetail = 64
)

// Entry says what an entry of the provisioning log changed, or why it failed.
func Entry(e provlog.Entry) string {
	changed := e.Changed
	if e.AddedCount+e.RemovedCount > 0 { // these lists name the members
		changed = slices.DeleteFunc(slices.Clone(changed), func(name string) bool { return name == "members" })
	}
	parts := []string{attributes(changed)}
	if e.Failed() {
		parts = []string{strings.TrimSpace(e.Type + " " + summarizeDetail(e.Detail))}
	}
	if e.FormerName != "" {
		parts = append(parts, "before: "+Truncate(e.FormerName, MaxName))
	}
	parts = append(parts, members("added", e.Added, e.AddedCount), members("removed", e.Removed, e.RemovedCount))
	if e.Operation == provlog.Leave {
		parts = append(parts, "because the member was deleted")
	}
	if e.SkippedCount > 0 {
		parts = append(parts, fmt.Sprintf("skipped %s: %s", admin.Counted(e.SkippedCount, "unknown member"),
			Truncate(join(e.Skipped, ", "), MaxDetail)))
	}
	if len(e.Ignored) > 0 {
		parts = append(parts, "ignored: "+attributes(e.Ignored))
	}
	if len(e.Deviations) > 0 {
		parts = append(parts, "tolerated: "+Truncate(strings.Join(e.Deviations, ", "), MaxDetail))
	}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "; ")
}

// attributes lists the names of attributes, cut to MaxDetail characters.
func attributes(names []string) string {
	return Truncate(shortURNs(strings.Join(names, ", ")), MaxDetail)
}

// shortURNs removes from the names of attributes the beginning that all URNs of extensions have, so that
// the end is not cut: acme:2.0:User:badge.
func shortURNs(text string) string {
	return strings.ReplaceAll(text, "urn:ietf:params:scim:schemas:extension:", "")
}

// maxMembers is how many members Entry names.
const maxMembers = 5

// members says who was added or removed, "" for nobody.
func members(verb string, list []provlog.Member, all int) string {
	if all == 0 {
		return ""
	}
	var names []string
	for _, m := range list[:min(len(list), maxMembers)] {
		names = append(names, Truncate(Member(m), MaxName))
	}
	if more := all - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return verb + " " + strings.Join(names, ", ")
}

// Member is the name of a member, or its id if the name is not known.
func Member(m provlog.Member) string { return cmp.Or(m.Name, string(m.ID)) }

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
	conflictRemark = regexp.MustCompile(` \(conflict ([a-z2-7]{12})\)`)
	endOfSentence  = regexp.MustCompile(`\. |\.$`)
)

// summarizeDetail is the first sentence of a detail, cut, and the conflicts that it names.
func summarizeDetail(detail string) string {
	remarks := conflictRemark.FindAllString(withoutValues(detail), -1)
	return Truncate(shortURNs(FirstSentence(detail)), MaxDetail) + strings.Join(slices.Compact(remarks), "")
}

// FirstSentence is the first sentence of a detail, without the conflict that it may name.
func FirstSentence(detail string) string {
	masked := withoutValues(detail)
	if at := endOfSentence.FindStringIndex(masked); at != nil {
		detail, masked = detail[:at[0]], masked[:at[0]]
	}
	if at := conflictRemark.FindStringIndex(masked); at != nil {
		detail = detail[:at[0]] + detail[at[1]:]
	}
	return detail
}

// withoutValues replaces each quoted value in a detail by as many bytes that mean nothing.
func withoutValues(detail string) string {
	return quotedValue.ReplaceAllStringFunc(detail, func(v string) string { return strings.Repeat("_", len(v)) })
}

// ConflictIn is the first conflict that the detail of an error names, "" if it names none.
func ConflictIn(detail string) string {
	if found := conflictRemark.FindStringSubmatch(withoutValues(detail)); found != nil {
		return found[1]
	}
	return ""
}
