package portal

import (
	"scimserver/shared/idp"
	"scimserver/shared/tenant"
	"scimserver/shared/web"
)

// connectionValues returns what is the same for every credential, under the provider's names.
func (s *server) connectionValues(q *request, p idp.Provider) []web.Copyable {
	values := []web.Copyable{{Label: p.Fields.URL, Value: s.baseURL(q), Help: "Without a slash at its end."}}
	if p.Kind == tenant.ClientSecret {
		values = append(values, web.Copyable{Label: p.Fields.TokenEndpoint, Value: s.tokenEndpoint(q)})
	}
	return values
}
