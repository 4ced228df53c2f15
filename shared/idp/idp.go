// Package idp describes the identity providers that have a guide, as their administrators see them. The setup page
// and scimctl show the values of a connection under the provider's own names, and tests compare the documents with
// this package.
package idp

import (
	"slices"

	"scimserver/shared/tenant"
)

// Provider is an identity provider with one way to authenticate.
type Provider struct {
	Slug, Name, Text string
	Hint             string         // helps to choose it; may be ""
	Kind             tenant.Kind    // of the credential that it takes
	Profile          tenant.Profile // for which its guide is written
	Screen           string         // on which the values of the connection are entered
	Fields           Fields
	Settings         []Setting // what else is chosen on the screen
}

// Fields are the provider's own names for the values of a connection. Those that its kind of
// credential does not have are "".
type Fields struct {
	URL string
	// Token is where a bearer token is entered.
	Token string
	// TokenEndpoint, ClientID and ClientSecret are for OAuth 2.0 client credentials.
	TokenEndpoint, ClientID, ClientSecret string
}

// Setting is a field whose value is the same for every connection.
type Setting struct{ Name, Value string }

// The screens of Entra ID and of providers without a guide of their own.
const (
	entraScreen = "Provisioning › New configuration › Admin credentials"
	otherScreen = "SCIM connection"
)

// Providers returns the providers in the order in which they are offered.
func Providers() []Provider { return []Provider{okta(), entra(), entraOAuth(), other(), otherOAuth()} }

func okta() Provider {
	return Provider{
		Slug: "okta", Name: "Okta", Text: "A SAML 2.0 or SWA app integration with SCIM provisioning.",
		Kind: tenant.BearerToken, Profile: tenant.Okta, Screen: "Provisioning › Integration › SCIM Connection",
		Fields: Fields{URL: "SCIM connector base URL", Token: "Authorization"},
		Settings: []Setting{
			{"Unique identifier field for users", "userName"},
			{"Supported provisioning actions", "Push New Users, Push Profile Updates, Push Groups"},
			{"Authentication Mode", "HTTP Header"},
		},
	}
}

func entra() Provider {
	return Provider{
		Slug: "entra", Name: "Microsoft Entra ID", Text: "An enterprise application with a secret token.",
		Hint: "Choose this one of the two if you are not sure.",
		Kind: tenant.BearerToken, Profile: tenant.Entra, Screen: entraScreen,
		Fields:   Fields{URL: "Tenant URL", Token: "Secret token"},
		Settings: []Setting{{"Select authentication method", "Bearer authentication"}},
	}
}

func entraOAuth() Provider {
	return Provider{
		Slug: "entra-oauth", Name: "Microsoft Entra ID with client credentials",
		Text: "An enterprise application that gets a short-lived token by OAuth 2.0.",
		Kind: tenant.ClientSecret, Profile: tenant.Entra, Screen: entraScreen,
		Fields: Fields{
			URL: "Tenant URL", TokenEndpoint: "Token endpoint",
			ClientID: "Client identifier", ClientSecret: "Client secret",
		},
		Settings: []Setting{{"Select authentication method", "OAuth2 client credentials grant"}},
	}
}

func other() Provider {
	return Provider{
		Slug: "other", Name: "Another provider",
		Text: "OneLogin, Ping, JumpCloud, Rippling, or any other provider that speaks SCIM 2.0.",
		Kind: tenant.BearerToken, Profile: tenant.Generic, Screen: otherScreen,
		Fields:   Fields{URL: "Base URL", Token: "Token"},
		Settings: []Setting{{"Authentication", "bearer token, API token or HTTP header"}},
	}
}

func otherOAuth() Provider {
	return Provider{
		Slug: "other-oauth", Name: "Another provider with client credentials",
		Text: "A provider that gets a short-lived token by OAuth 2.0, such as PingOne.",
		Kind: tenant.ClientSecret, Profile: tenant.Generic, Screen: otherScreen,
		Fields: Fields{
			URL: "Base URL", TokenEndpoint: "Token endpoint", ClientID: "Client id", ClientSecret: "Client secret",
		},
		Settings: []Setting{
			{"Grant type", "client credentials"},
			{"Scope", "nothing, or write"},
			{"Client authentication", "in the body of the request or in a Basic header: both work"},
		},
	}
}

// BySlug returns the provider with a slug. ok is false if there is none.
func BySlug(slug string) (p Provider, ok bool) {
	all := Providers()
	if i := slices.IndexFunc(all, func(p Provider) bool { return p.Slug == slug }); i >= 0 {
		return all[i], true
	}
	return p, false
}

// For returns the provider with the given profile that takes the given kind of credential. If there is none, it
// returns the one with the profile generic that takes this kind.
func For(kind tenant.Kind, profile tenant.Profile) (found Provider) {
	for _, p := range Providers() {
		if p.Kind == kind && (p.Profile == profile || p.Profile == tenant.Generic && found.Slug == "") {
			found = p
		}
	}
	return found
}
