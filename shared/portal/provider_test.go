package portal

import (
	"os"
	"regexp"
	"strings"
	"testing"

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

// The documents name each field of a provider as the setup page does.
func TestDocumentsHaveTheFields(t *testing.T) {
	for _, p := range providers() {
		text, f := document(t, p.Profile), p.Fields
		for _, name := range []string{f.URL, f.Token, f.TokenEndpoint, f.ClientID, f.ClientSecret} {
			if name != "" && !strings.Contains(text, "*"+name+"*") {
				t.Errorf("%s: the document lacks the field *%s*", p.Slug, name)
			}
		}
	}
}

// The documents name each control and each value that the guides name.
func TestDocumentsHaveTheControls(t *testing.T) {
	named := regexp.MustCompile(`(?s)<(b|code|dt)>([^<{]+)</`)
	marks := map[string]string{"b": "*", "dt": "*", "code": "`"}
	for _, p := range providers() {
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

func TestProviderFor(t *testing.T) {
	for slug, c := range map[string]struct {
		kind    tenant.Kind
		profile tenant.Profile
	}{
		"okta":        {tenant.BearerToken, tenant.Okta},
		"entra":       {tenant.BearerToken, tenant.Entra},
		"entra-oauth": {tenant.ClientSecret, tenant.Entra},
		"other":       {tenant.BearerToken, tenant.Strict},
		"other-oauth": {tenant.ClientSecret, tenant.Okta},
	} {
		if got := providerFor(c.kind, c.profile); got.Slug != slug {
			t.Errorf("%s with profile %s: %s, want %s", c.kind, c.profile, got.Slug, slug)
		}
	}
}
