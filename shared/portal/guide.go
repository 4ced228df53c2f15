package portal

import (
	"net/http"

	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

// provider is an identity provider that has a guide: the page guide-<slug>.
type provider struct {
	Slug, Name, Text string
	Kind             tenant.Kind    // of the credential that it takes
	Profile          tenant.Profile // for which the guide is written
}

// providers returns the providers in the order in which they are offered.
func providers() []provider {
	return []provider{
		{
			"okta", "Okta", "A custom app integration with SCIM provisioning.",
			tenant.BearerToken, tenant.Okta,
		},
		{
			"entra", "Microsoft Entra ID",
			"An enterprise application with a secret token. Choose this one if you are not sure.",
			tenant.BearerToken, tenant.Entra,
		},
		{
			"entra-oauth", "Microsoft Entra ID with client credentials",
			"An enterprise application that gets a short-lived token by OAuth 2.0.",
			tenant.ClientSecret, tenant.Entra,
		},
		{
			"other", "Another provider",
			"OneLogin, Ping, JumpCloud, Rippling, or any other provider that speaks SCIM 2.0.",
			tenant.BearerToken, tenant.Generic,
		},
	}
}

// providerBy returns the provider with a slug; the last one if there is none.
func providerBy(slug string) (p provider, ok bool) {
	for _, p = range providers() {
		if p.Slug == slug {
			return p, true
		}
	}
	return p, false
}

// showProviders lets the customer choose a provider.
func (s *server) showProviders(q *request) error {
	return s.render(q, http.StatusOK, "providers", "Choose your provider", struct {
		Base      string
		Providers []provider
		Profile   tenant.Profile
	}{q.base, providers(), q.Tenant.Profile})
}

// guide is the content of a provider's guide.
type guide struct {
	provider
	Base          string
	BaseURL       web.Copyable
	TokenEndpoint web.Copyable
	Support       string
	// Mismatch says that the tenant is prepared for another provider.
	Mismatch bool
	MakeToken
}

// MakeToken is the form with which a guide makes a credential.
type MakeToken struct {
	May  bool
	Form web.Form
}

// Copy returns a value to copy, for the templates.
func (guide) Copy(label, value string) web.Copyable { return web.Copyable{Label: label, Value: value} }

// showGuide shows the steps for a provider.
func (s *server) showGuide(q *request) error {
	p, ok := providerBy(q.PathValue("provider"))
	if !ok {
		return errNotFound
	}
	profile := q.Tenant.Profile
	return s.render(q, http.StatusOK, "guide-"+p.Slug, p.Name, guide{
		provider: p, Base: q.base, Support: s.Support,
		BaseURL:       web.Copyable{Label: "Base URL", Value: s.baseURL(q), Help: "Without a slash at its end."},
		TokenEndpoint: web.Copyable{Label: "Token endpoint", Value: s.tokenEndpoint(q)},
		Mismatch:      profile != p.Profile && profile != tenant.Generic && p.Profile != tenant.Generic,
		MakeToken:     MakeToken{q.mayChange(), newTokenForm(q, p)},
	})
}
