package scim

import (
	"encoding/json"
	"strings"
	"testing"
)

// QuotedLen is the length of a body after the encoder of Lambda's runtime.
func TestQuotedLen(t *testing.T) {
	for _, text := range []string{"", "plain", `"`, `\`, `\\""`, "\n\x00\x1f\x7f", "é漢🦉", "\u2028x\u2029", "<&>"} {
		v := Map(Member{`a"b`, List(Text(text), Int(12), Boolean(true), Value{})}, Member{text, Map()})
		var payload strings.Builder
		encoder := json.NewEncoder(&payload)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(v.JSON()); err != nil {
			t.Fatal(err)
		}
		if want := payload.Len() - len("\"\"\n"); v.QuotedLen() != want {
			t.Errorf("%q: %d, want %d", text, v.QuotedLen(), want)
		}
		if v.Len() != len(v.JSON()) {
			t.Errorf("%q: %d bytes, want %d", text, v.Len(), len(v.JSON()))
		}
	}
}
