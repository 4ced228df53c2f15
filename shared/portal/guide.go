package portal

import (
	"net/http"
	"strings"

	"scimserver/shared/idp"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

// showProviders lets the customer choose a provider.
func (s *server) showProviders(q *request) error {
	return s.render(q, http.StatusOK, "providers", "Choose your provider", struct {
		Base      string
		Providers []idp.Provider
		Profile   tenant.Profile
	}{q.base, idp.Providers(), q.Tenant.Profile})
}

// guide is the content of a provider's guide.
type guide struct {
	idp.Provider
	Base    string
	Values  []web.Copyable // of the connection, except the credential
	Support string
	// Mismatch says that the tenant is prepared for another provider.
	Mismatch bool
	MakeToken
}

// MakeToken is the form with which a guide makes a credential.
type MakeToken struct {
	May  bool
	Form web.Form
}

// Heading is the title of the guide.
func (g guide) Heading() string {
	return "Connect " + strings.Replace(g.Name, "Another", "another", 1)
}

// TwoURLs are for a provider that asks for the URL of users and the URL of groups.
func (g guide) TwoURLs() []web.Copyable {
	base := g.Values[0].Value
	return []web.Copyable{
		{Label: "URL for users", Value: base + "/Users"}, {Label: "URL for groups", Value: base + "/Groups"},
	}
}

// showGuide shows the steps for a provider.
func (s *server) showGuide(q *request) error {
	p, ok := idp.BySlug(q.PathValue("provider"))
	if !ok {
		return errNotFound
	}
	profile := q.Tenant.Profile
	return s.render(q, http.StatusOK, "guide-"+p.Slug, p.Name, guide{
		Provider: p, Base: q.base, Support: s.Support, Values: s.connectionValues(q, p),
		Mismatch:  profile != p.Profile && profile != tenant.Generic && p.Profile != tenant.Generic,
		MakeToken: MakeToken{q.mayChange(), newTokenForm(q, p)},
	})
}
