package compat

import "unicode/utf8"

// Display shortens the display of a group's member to a limit of bytes, without splitting a
// character. Providers send the attribute that an administrator has mapped, which may be
// long:
//
//	{"op": "add", "path": "members", "value": [{"value": "23a35c27", "display": "…"}]}
func (r *Repairs) Display(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	r.report("long-display")
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
