package portal_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"scimserver/infra/local/browser"
	"scimserver/infra/local/e2e"
	"scimserver/shared/idp"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit/story"
)

// told are the stories of what a provider sends after its guide.
var told = map[string][]string{
	"okta": {"okta-aiw-users", "okta-aiw-groups"}, "entra": {"entra-users", "entra-groups"},
	"entra-oauth": {"entra-users"},
	"other":       {"onelogin"}, "other-oauth": {"pingone"},
}

// toTheEnd follows each guide: it makes the credential, enters the values of the page at a provider,
// sends what the provider sends, and looks whether the setup page shows the connection.
func (b *bench) toTheEnd(t *testing.T) {
	for _, provider := range idp.Providers() {
		t.Run(provider.Slug, func(t *testing.T) {
			t.Parallel()
			id := "guide-" + provider.Slug
			c := b.NewTenant(t, tenant.ID(id), provider.Profile)
			p := b.visit(t, id, "")
			root := strings.TrimSuffix(p.Value("location.href"), "/overview")
			p.OpenUntil(root+"/guide/"+provider.Slug, "Watch the first request arrive")
			twoFields(c, copied(t, p))
			button := "Create a token"
			if provider.Kind == tenant.ClientSecret {
				button = "Create a client secret"
			}
			p.Press(button)
			p.Wait("Copy these values now")
			play(t, c, provider, copied(t, p))
			p.OpenUntil(root+"/connection", "Connected")
		})
	}
}

// copied returns the values to copy of a page, by the names of their fields.
func copied(t *testing.T, p *browser.Page) (values map[string]string) {
	t.Helper()
	text := p.Value(`JSON.stringify(Object.fromEntries([...document.querySelectorAll(".copyable")].map(c =>
		[c.querySelector(".label").textContent, c.querySelector("[data-copy-value]").textContent])))`)
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	return values
}

// twoFields sends requests to the URLs for a provider that asks for two.
func twoFields(c *e2e.Client, values map[string]string) {
	c.Helper()
	for _, name := range []string{"URL for users", "URL for groups"} {
		if to := values[name]; to != "" {
			if a := c.SendTo("GET", to+"?startIndex=1&count=1", ""); a.Status != http.StatusOK {
				c.Errorf("%s: %d", name, a.Status)
			}
		}
	}
}

// play sends what a provider sends, with the values of a new credential.
func play(t *testing.T, c *e2e.Client, p idp.Provider, values map[string]string) {
	t.Helper()
	service := story.Service{BaseURL: values[p.Fields.URL], Token: values[p.Fields.Token], HTTP: c.HTTP}
	if p.Kind == tenant.ClientSecret {
		service.Token = exchange(t, c.HTTP, values[p.Fields.TokenEndpoint], url.Values{
			"grant_type": {"client_credentials"}, "client_id": {values[p.Fields.ClientID]},
			"client_secret": {values[p.Fields.ClientSecret]},
		})
	}
	all, err := story.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range told[p.Slug] {
		i := slices.IndexFunc(all, func(s story.Story) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("there is no story %s", name)
		}
		if err := all[i].Play(t.Context(), service, p.Slug); err != nil {
			t.Error(err)
		}
	}
}

// exchange returns an access token for a client secret (RFC 6749 section 4.4).
func exchange(t *testing.T, client *http.Client, endpoint string, form url.Values) string {
	t.Helper()
	res, err := client.PostForm(endpoint, form)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var body struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil || body.AccessToken == "" {
		t.Fatalf("%s: %d, %v", endpoint, res.StatusCode, err)
	}
	return body.AccessToken
}
