package idp

import (
	"os"
	"strings"
	"testing"

	"scimserver/shared/tenant"
)

// The documents name each field and setting of a provider, with the values of the settings.
func TestDocumentsHaveTheFields(t *testing.T) {
	files := map[tenant.Profile]string{tenant.Okta: "okta", tenant.Entra: "entra", tenant.Generic: "others"}
	for _, p := range Providers() {
		data, err := os.ReadFile("../../infra/docs/provider-" + files[p.Profile] + ".md")
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("*", "", "`", "").Replace(string(data))
		f := p.Fields
		for _, name := range []string{f.URL, f.Token, f.TokenEndpoint, f.ClientID, f.ClientSecret} {
			if name != "" && !strings.Contains(text, "| "+name+" |") {
				t.Errorf("%s: no table of the document has the field %q", p.Slug, name)
			}
		}
		for _, s := range p.Settings {
			if !strings.Contains(text, "| "+s.Name+" |") || !strings.Contains(text, "| "+s.Value+" |") {
				t.Errorf("%s: no table of the document has the setting %q with %q", p.Slug, s.Name, s.Value)
			}
		}
	}
}

func TestFor(t *testing.T) {
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
		if got := For(c.kind, c.profile); got.Slug != slug {
			t.Errorf("%s with profile %s: %s, want %s", c.kind, c.profile, got.Slug, slug)
		}
	}
}
