package portal

import (
	"slices"
	"strings"

	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

// provider is an identity provider that has a guide: the page guide-<slug>.
type provider struct {
	Slug, Name, Text string
	Hint             string         // helps to choose it; may be ""
	Kind             tenant.Kind    // of the credential that it takes
	Profile          tenant.Profile // for which the guide is written
	Screen           string         // on which the values of the connection are entered
	Fields           fields
}

// Heading is the title of the guide.
func (p provider) Heading() string {
	return "Connect " + strings.Replace(p.Name, "Another", "another", 1)
}

// fields are the provider's own names for the values of a connection. The guide and the page of a
// new credential show the values under these names, so that each has one place to go.
type fields struct {
	URL string
	// Token is where a bearer token is entered.
	Token string
	// TokenEndpoint, ClientID and ClientSecret are for OAuth 2.0 client credentials.
	TokenEndpoint, ClientID, ClientSecret string
}

// The screens of Entra ID and of providers without a guide of their own.
const (
	entraScreen = "Provisioning › New configuration › Admin credentials"
	otherScreen = "SCIM connection"
)

// providers returns the providers in the order in which they are offered.
func providers() []provider {
	return []provider{
		{
			Slug: "okta", Name: "Okta", Text: "A SAML 2.0 or SWA app integration with SCIM provisioning.",
			Kind: tenant.BearerToken, Profile: tenant.Okta, Screen: "Provisioning › Integration › SCIM Connection",
			Fields: fields{URL: "SCIM connector base URL", Token: "Authorization"},
		},
		{
			Slug: "entra", Name: "Microsoft Entra ID", Text: "An enterprise application with a secret token.",
			Hint: "Choose this one of the two if you are not sure.",
			Kind: tenant.BearerToken, Profile: tenant.Entra, Screen: entraScreen,
			Fields: fields{URL: "Tenant URL", Token: "Secret token"},
		},
		{
			Slug: "entra-oauth", Name: "Microsoft Entra ID with client credentials",
			Text: "An enterprise application that gets a short-lived token by OAuth 2.0.",
			Kind: tenant.ClientSecret, Profile: tenant.Entra, Screen: entraScreen,
			Fields: fields{
				URL: "Tenant URL", TokenEndpoint: "Token endpoint",
				ClientID: "Client identifier", ClientSecret: "Client secret",
			},
		},
		{
			Slug: "other", Name: "Another provider",
			Text: "OneLogin, Ping, JumpCloud, Rippling, or any other provider that speaks SCIM 2.0.",
			Kind: tenant.BearerToken, Profile: tenant.Generic, Screen: otherScreen,
			Fields: fields{URL: "Base URL", Token: "Token"},
		},
		{
			Slug: "other-oauth", Name: "Another provider with client credentials",
			Text: "A provider that gets a short-lived token by OAuth 2.0, such as PingOne.",
			Kind: tenant.ClientSecret, Profile: tenant.Generic, Screen: otherScreen,
			Fields: fields{
				URL: "Base URL", TokenEndpoint: "Token endpoint", ClientID: "Client id", ClientSecret: "Client secret",
			},
		},
	}
}

// providerBy returns the provider with a slug. ok is false if there is none.
func providerBy(slug string) (p provider, ok bool) {
	all := providers()
	if i := slices.IndexFunc(all, func(p provider) bool { return p.Slug == slug }); i >= 0 {
		return all[i], true
	}
	return p, false
}

// providerFor returns the provider that takes a kind of credential and that a tenant is prepared
// for; if there is none, one of the kind that stands for any provider.
func providerFor(kind tenant.Kind, profile tenant.Profile) (found provider) {
	for _, p := range providers() {
		if p.Kind == kind && (p.Profile == profile || p.Profile == tenant.Generic && found.Slug == "") {
			found = p
		}
	}
	return found
}

// connectionValues returns what is the same for every credential, under the provider's names.
func (s *server) connectionValues(q *request, p provider) []web.Copyable {
	values := []web.Copyable{{Label: p.Fields.URL, Value: s.baseURL(q), Help: "Without a slash at its end."}}
	if p.Kind == tenant.ClientSecret {
		values = append(values, web.Copyable{Label: p.Fields.TokenEndpoint, Value: s.tokenEndpoint(q)})
	}
	return values
}
