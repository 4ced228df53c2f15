package wording

import (
	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

// ProviderFields are the fields of a provider's screen with the values that its administrator enters
// for a new credential. The names of fields are those of the providers' screens; see
// infra/docs/provider-okta.md and provider-entra.md.
func ProviderFields(c admin.Issued) [][2]string {
	isClient := c.Kind == tenant.ClientSecret
	switch {
	case isClient && c.Profile == tenant.Entra:
		return [][2]string{
			{"Tenant URL", c.BaseURL}, {"Token endpoint", c.TokenEndpoint},
			{"Client identifier", string(c.Client)}, {"Client secret", "the client secret above"},
		}
	case isClient:
		return [][2]string{
			{"SCIM base URL", c.BaseURL}, {"token endpoint", c.TokenEndpoint},
			{"client id", string(c.Client)}, {"client secret", "the client secret above"},
		}
	case c.Profile == tenant.Okta:
		return [][2]string{
			{"SCIM connector base URL", c.BaseURL}, {"Unique identifier field for users", "userName"},
			{"Authentication Mode", "HTTP Header"}, {"Authorization", "the token above"},
		}
	case c.Profile == tenant.Entra:
		return [][2]string{{"Tenant URL", c.BaseURL}, {"Secret Token", "the token above"}}
	}
	return [][2]string{{"SCIM base URL", c.BaseURL}, {"bearer token", "the token above"}}
}
