package portal

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"scimserver/shared/idp"
	"scimserver/shared/tenant"
)

// document returns the customer's page about a provider, each run of space as one space.
func document(t *testing.T, profile tenant.Profile) string {
	t.Helper()
	names := map[tenant.Profile]string{tenant.Okta: "okta", tenant.Entra: "entra", tenant.Generic: "others"}
	text, err := os.ReadFile("../../infra/docs/provider-" + names[profile] + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// The documents name each control and each value that the guides name.
func TestDocumentsHaveTheControls(t *testing.T) {
	named := regexp.MustCompile(`(?s)<(b|code|dt)>([^<{]+)</`)
	marks := map[string]string{"b": "*", "dt": "*", "code": "`"}
	for _, p := range idp.Providers() {
		text := document(t, p.Profile)
		family, _, _ := strings.Cut(p.Slug, "-")
		for _, file := range []string{"guide-" + p.Slug, "_" + family} {
			page, err := pages.ReadFile("pages/" + file + ".html")
			if err != nil && family != "okta" {
				t.Fatal(err)
			}
			for _, found := range named.FindAllStringSubmatch(string(page), -1) {
				mark, name := marks[found[1]], strings.Join(strings.Fields(found[2]), " ")
				if !strings.Contains(text, mark+name+mark) {
					t.Errorf("%s: the document lacks %s%s%s", file, mark, name, mark)
				}
			}
		}
	}
}

// The documents explain each message that the page of the connection explains.
func TestDocumentsHaveTheMessages(t *testing.T) {
	for profile, all := range map[tenant.Profile]failures{
		tenant.Okta: oktaFailures(), tenant.Entra: entraFailures(), tenant.Generic: otherFailures(),
	} {
		text := document(t, profile)
		for _, f := range all.Messages {
			if !strings.Contains(text, "*"+f.Shows+"*") {
				t.Errorf("%s: the document lacks the message *%s*", profile, f.Shows)
			}
		}
	}
}
