package wording

import (
	"scimserver/shared/admin"
	"scimserver/shared/idp"
	"scimserver/shared/tenant"
)

// ProviderFields are the fields of a provider's screen with the values that its administrator enters
// for a new credential, under the names of package idp.
func ProviderFields(c admin.Issued) [][2]string {
	p := idp.For(c.Kind, c.Profile)
	values := [][2]string{{p.Fields.URL, c.BaseURL}}
	if c.Kind == tenant.ClientSecret {
		values = append(values, [2]string{p.Fields.TokenEndpoint, c.TokenEndpoint},
			[2]string{p.Fields.ClientID, string(c.Client)}, [2]string{p.Fields.ClientSecret, "the client secret above"})
	}
	for _, s := range p.Settings {
		values = append(values, [2]string{s.Name, s.Value})
	}
	if c.Kind != tenant.ClientSecret {
		values = append(values, [2]string{p.Fields.Token, "the token above"})
	}
	return values
}
