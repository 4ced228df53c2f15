package patch

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"scimserver/shared/scim"
)

// steps is the budget for tests that use it up.
const steps = 10_000_000

// terms is a filter of 64 terms that match nothing.
func terms(prefix string) string {
	list := make([]string, 64)
	for i := range list {
		list[i] = fmt.Sprintf(`value co "%sx%d"`, prefix, i)
	}
	return strings.Join(list, " or ")
}

func phones(n int, text string) scim.Value {
	items := make([]scim.Value, n)
	for i := range items {
		items[i] = scim.Map(scim.Member{Name: "value", Value: scim.Text(fmt.Sprint(text, i))})
	}
	return scim.Map(scim.Member{Name: "phoneNumbers", Value: scim.List(items...)})
}

// removals is a message of n operations that compare every phone number with 64 terms.
func removals(n int, filter string) scim.Value {
	op := scim.Map(
		scim.Member{Name: "op", Value: scim.Text("remove")},
		scim.Member{Name: "path", Value: scim.Text("phoneNumbers[" + filter + "]")},
	)
	ops := make([]scim.Value, n)
	for i := range ops {
		ops[i] = op
	}
	return message(scim.List(ops...))
}

// The work of the operations ends when the budget is used up (P-7-1).
func TestBudget(t *testing.T) {
	typ := userType(t)
	long := strings.Repeat("é", 2000)
	values := make([]string, 900)
	for i := range values {
		values[i] = fmt.Sprintf(`{"value":"%d"}`, i)
	}
	all := strings.Join(values, ",")
	for name, c := range map[string]struct{ doc, body scim.Value }{
		"terms of filters": {phones(7, long), removals(50, terms(""))},
		"values folded":    {phones(7, strings.Repeat("q\u0301", 1000)), removals(1, terms(""))},
		"values looked at": {
			phones(900, "x"),
			message(parse(t, `[`+strings.Repeat(`{"op":"replace","path":"phoneNumbers.display","value":"x"},`, 20)+
				`{"op":"remove","path":"title"}]`)),
		},
		"values compared": {scim.Map(), message(parse(t, `[{"op":"add","path":"phoneNumbers","value":[`+all+`]}]`))},
		"values written to many": {
			phones(900, "x"),
			message(parse(t, `[{"op":"replace","path":"phoneNumbers.display","value":"`+long+`"}]`)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := patched(typ, user(t, typ, c.doc), c.body, Options{Budget: scim.NewBudget(t.Context(), steps)})
			var e *scim.Error
			if !errors.As(err, &e) || e.Type != scim.TypeTooMany {
				t.Errorf("%v, want tooMany", err)
			}
			if _, err := patched(typ, user(t, typ, c.doc), c.body, Options{}); err != nil {
				t.Errorf("without bounds: %v", err)
			}
		})
	}
}

// The error of a request that ran out of time does not blame the client.
func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	typ := userType(t)
	_, err := patched(typ, user(t, typ, phones(2, "x")), removals(1, terms("")),
		Options{Budget: scim.NewBudget(ctx, steps)})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want the context's", err)
	}
}

// BenchmarkWorst applies messages that use up the budget of a request.
func BenchmarkWorst(b *testing.B) {
	typ := userType(b)
	for name, c := range map[string]struct{ text, prefix string }{
		"ASCII":        {strings.Repeat("a", 4000), ""},
		"near matches": {strings.Repeat("a", 4000), strings.Repeat("a", 40)},
		"Latin":        {strings.Repeat("é", 2000), ""},
		"marks":        {strings.Repeat("q\u0301", 1300), ""},
	} {
		b.Run(name, func(b *testing.B) {
			doc, body := user(b, typ, phones(7, c.text)), removals(1000, terms(c.prefix))
			for b.Loop() {
				_, err := patched(typ, doc, body, Options{Budget: scim.NewBudget(b.Context(), 500_000_000)})
				if e := (*scim.Error)(nil); !errors.As(err, &e) || e.Type != scim.TypeTooMany {
					b.Fatal(err)
				}
			}
		})
	}
}
