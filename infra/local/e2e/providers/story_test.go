package providers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"scimserver/infra/check/providers"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit/story"
)

// files plays the story files of all providers, each in a tenant of every profile that it
// is for.
func files(t *testing.T, s suite) {
	stories, err := story.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, profile := range []tenant.Profile{tenant.Okta, tenant.Entra, tenant.Generic, tenant.Strict} {
		c := client{s.NewTenant(t, tenant.ID("story-"+profile), profile)}
		for _, told := range stories {
			if told.For(string(profile)) {
				t.Run(string(profile)+"/"+told.Name, func(t *testing.T) {
					t.Parallel()
					c.plays(t, told)
				})
			}
		}
	}
}

func (p client) plays(t *testing.T, told story.Story) {
	service := story.Service{BaseURL: p.Stack.BaseURL(), Token: p.token(), HTTP: p.HTTP}
	if err := told.Play(t.Context(), service, told.Name+"-"+string(p.Tenant)); err != nil {
		t.Error(err)
	}
}

// command plays one story as the command does, and one against a service that refuses.
func command(t *testing.T, s suite) {
	c := client{s.NewTenant(t, "story-command", tenant.Generic)}
	o := providers.Options{
		URL: c.Stack.BaseURL() + "/", Token: c.token(), Profile: "generic", Only: []string{"sailpoint"},
	}
	for name, tt := range map[string]struct {
		change func(*providers.Options)
		says   string
	}{
		"played": {func(*providers.Options) {}, "All 1 stories for the profile generic"},
		"wrong token": {func(o *providers.Options) { o.Token = "scim_x" },
			"sailpoint.story:12: The resource types"},
		"no token":         {func(o *providers.Options) { o.Token = "" }, "SCIM_TOKEN"},
		"wrong URL":        {func(o *providers.Options) { o.URL = "https://example.com" }, "ends in /scim/v2"},
		"no such story":    {func(o *providers.Options) { o.Only = []string{"nobody"} }, "has the stories authentik, "},
		"no such profile":  {func(o *providers.Options) { o.Profile = "otka" }, `the profile "otka"`},
		"one of them only": {func(o *providers.Options) { o.Only = append(o.Only, "nobody") }, "has the stories"},
	} {
		var out strings.Builder
		changed := o
		changed.Only = slices.Clone(o.Only)
		tt.change(&changed)
		err := providers.Run(t.Context(), &out, changed)
		if said := fmt.Sprint(out.String(), err); !strings.Contains(said, tt.says) ||
			(err == nil) != (name == "played") {
			t.Errorf("%s: %s, want %q", name, said, tt.says)
		}
	}
	c.Counts(0, 0)
}

// token is the client's bearer token.
func (p client) token() string {
	_, token, _ := strings.Cut(p.Header.Get("Authorization"), " ")
	return token
}
