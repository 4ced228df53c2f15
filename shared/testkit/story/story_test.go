package story

import (
	"strings"
	"testing"
)

// TestStoriesParse: each file is a story, and each profile has some.
func TestStoriesParse(t *testing.T) {
	all, err := All()
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range []string{"okta", "entra", "generic", "strict"} {
		n := 0
		for _, s := range all {
			if s.For(profile) {
				n++
			}
		}
		if n == 0 {
			t.Errorf("no story is for the profile %s", profile)
		}
	}
}

func TestParseNamesTheLine(t *testing.T) {
	const head = "# t\nProfile: okta\nSource: s\n"
	for text, want := range map[string]string{
		"":                                    "a story needs",
		"x":                                   `1: the first line is "# title"`,
		"# t\nWho: me":                        `2: "Who" is none of`,
		"# t\n## a\nGET /x\n-> 200":           "2: a story needs",
		head + "## a\nGET x\n":                "5: a step begins with a request",
		head + "## a\nGET /x y\n":             "5: a step begins with a request",
		head + "## a\nGET /x\nAccept\n-> 200": `6: "Accept" is not a header`,
		head + "## a\nGET /x\n-> 2000":        `6: "2000" is not a status`,
		head + "## a\nGET /x\n":               `the step "a" has no line`,
		head + "## a\nGET /x\n-> 200\nactive = 1":   `7: "active = 1" is not an expectation`,
		head + "## a\nGET /x\n-> 200\n/active is 1": `is not an expectation`,
		head + "## a\nGET /x\n-> 200\n/active =":    `is not an expectation`,
	} {
		if _, err := Parse("x", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestExpectations(t *testing.T) {
	body := map[string]any{
		"active": true, "name": map[string]any{"givenName": "Ann"}, "a/b": "x",
		"emails": []any{map[string]any{"value": "ann@example.com", "primary": true}},
	}
	for line, holds := range map[string]bool{
		"/active = true":                            true,
		"/active = false":                           false,
		"/active present":                           true,
		"/active absent":                            false,
		"/password absent":                          true,
		"/password present":                         false,
		"/password = 1":                             false,
		"/a~1b = \"x\"":                             true,
		"/emails count 1":                           true,
		"/emails count 2":                           false,
		"/active count 0":                           false,
		"/emails/0/value = \"ann@example.com\"":     true,
		"/emails/1/value present":                   false,
		"/emails/x present":                         false,
		"/emails has {\"primary\": true}":           true,
		"/emails has {\"primary\": false}":          false,
		"/emails lacks {\"primary\": true}":         false,
		"/emails lacks {\"value\": \"b\"}":          true,
		"/name has {\"givenName\": \"Ann\"}":        true,
		"/name has {\"givenName\": \"An\"}":         false,
		"/name/givenName has \"nn\"":                true,
		"/name/givenName has \"x\"":                 false,
		"/name = {\"givenName\": \"Ann\"}":          true,
		"/name = {\"givenName\": \"Ann\", \"x\":1}": false,
		"/active = tru":                             false,
	} {
		e, err := parseExpectation(line)
		if err != nil {
			t.Error(err)
			continue
		}
		if err := e.check(body); (err == nil) != holds {
			t.Errorf("%s: %v", line, err)
		}
	}
}
