package server_test

import (
	"testing"

	"scimserver/shared/tenant"
)

// Filters that the grammar of RFC 7644 figure 1 does not allow are refused in every part of a
// request that can have a filter. Except in profile strict, words without quotes are repaired.
func TestFiltersOutsideTheGrammar(t *testing.T) { // P-3.4.2.2-24, P-3.12-16
	c := newClient(t)
	ann := c.create("bob", `,"emails":[{"value":"bob@x.org"}]`)
	filters := map[string]string{
		"single quotes":          `value eq 'bob'`,
		"no closing quote":       `value eq "bob`,
		"no closing parenthesis": `(value eq "bob"`,
		"no opening parenthesis": `value eq "bob")`,
		"trailing text":          `value eq "bob" bob`,
		"trailing operator":      `value eq "bob" and`,
		"two filters":            `value pr value pr`,
		"no JSON escape":         `value eq "b\x6fb"`,
		"array":                  `value eq ["bob"]`,
		"nothing":                ` `,
	}
	refuse := func(t *testing.T, filter string) {
		for name, a := range map[string]answer{
			"GET":        c.search("emails." + filter),
			"value path": c.search("emails[" + filter + "]"),
			".search":    c.post("/Users", `,"filter":`+enclose("emails."+filter)),
			"PATCH":      c.patch(ann, `[{"op":"remove","path":`+enclose("emails["+filter+"]")+`}]`),
		} {
			scimType := a.Body.Get("scimType").Text()
			asPath := name == "PATCH" && scimType == "invalidPath"
			if a.StatusCode != 400 || scimType != "invalidFilter" && !asPath {
				t.Errorf("%s: %d %s", name, a.StatusCode, a.Text)
			}
		}
	}
	for _, profile := range []tenant.Profile{tenant.Strict, tenant.Generic} {
		c.origin.Caller.Profile = profile
		for name, filter := range filters {
			t.Run(string(profile)+"/"+name, func(t *testing.T) { refuse(t, filter) })
		}
	}
	c.origin.Caller.Profile = tenant.Strict
	t.Run("strict/no quotes", func(t *testing.T) { refuse(t, `value eq bob`) })
	t.Run("strict/no JSON number", func(t *testing.T) { refuse(t, `value eq 01`) })
	t.Run("no bracket", func(t *testing.T) { c.wants(c.search(`emails[value eq "bob"`), 400, "invalidFilter") })
	c.unchanged(ann)
}
