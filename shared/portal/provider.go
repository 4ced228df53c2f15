package portal

import (
	"strings"

	"scimserver/shared/idp"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

// provider is an identity provider, with what the pages ask about it.
type provider struct{ idp.Provider }

// Heading is the title of the guide.
func (p provider) Heading() string {
	return "Connect " + strings.Replace(p.Name, "Another", "another", 1)
}

// connectionValues returns what is the same for every credential, under the provider's names.
func (s *server) connectionValues(q *request, p provider) []web.Copyable {
	values := []web.Copyable{{Label: p.Fields.URL, Value: s.baseURL(q), Help: "Without a slash at its end."}}
	if p.Kind == tenant.ClientSecret {
		values = append(values, web.Copyable{Label: p.Fields.TokenEndpoint, Value: s.tokenEndpoint(q)})
	}
	return values
}
