package compat

import "unicode/utf8"

// Display cuts the display of a group's member to a limit of bytes, at a character.
// Providers put there whatever attribute of the user an administrator mapped:
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
