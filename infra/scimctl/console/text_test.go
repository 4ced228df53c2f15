package console

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The position before a prefix is behind all ids that do not begin with it.
func TestBefore(t *testing.T) {
	for prefix, others := range map[string][]string{
		"acme": {"acmd", "acmd-z", "acmdzzzz", "acm", "a"}, "a": {"9z", "-"}, "0": {""},
	} {
		for _, id := range others {
			if !(id < before(prefix)) {
				t.Errorf("%q is behind %q, the position before %q", id, before(prefix), prefix)
			}
		}
		if !(before(prefix) < prefix) {
			t.Errorf("%q is not before %q", before(prefix), prefix)
		}
	}
	if got := before(""); got != "" {
		t.Errorf("the list of all tenants begins behind %q", got)
	}
}

func TestIndented(t *testing.T) {
	const text = `{"a":"\u003cb\u003e \u0026 \\u003c \u2028","n":1}`
	const want = "{\n  \"a\": \"<b> & \\\\u003c \\u2028\",\n  \"n\": 1\n}"
	if diff := cmp.Diff(want, indented(json.RawMessage(text))); diff != "" {
		t.Error(diff)
	}
}
