package main

import (
	"fmt"
	"io"

	"scimserver/shared/admin"
	"scimserver/shared/tenant"
)

// describeHandover says what the administrator of the provider enters where, and how to see the
// first request. The names of fields are those of the providers' screens; see
// infra/docs/providers.md.
func describeHandover(w io.Writer, of string, c admin.Issued) {
	if c.BaseURL == "" || c.Subject != "" {
		return
	}
	_, _ = fmt.Fprintf(w, "\nEnter at the provider (%s):\n", c.Profile)
	for _, field := range providerFields(c) {
		row(w, "  "+field[0], field[1])
	}
	_, _ = fmt.Fprintf(w, "\nThen test the connection there, and watch it here: scimctl log %s -since 5m -follow\n"+
		"If nothing arrives: scimctl tenant health %s\n", printable(of), printable(of))
}

// providerFields are the fields of a provider's screen with their values.
func providerFields(c admin.Issued) [][2]string {
	isClient := c.Kind == tenant.ClientSecret
	switch {
	case isClient:
		return [][2]string{
			{"SCIM base URL", c.BaseURL}, {"token endpoint", c.TokenEndpoint},
			{"client id", string(c.Client)}, {"client secret", "the client secret above"},
		}
	case c.Profile == tenant.Okta:
		return [][2]string{
			{"Base URL", c.BaseURL}, {"Unique identifier field for users", "userName"},
			{"Authentication Mode", "HTTP Header"}, {"Authorization", "the token above"},
		}
	case c.Profile == tenant.Entra:
		return [][2]string{{"Tenant URL", c.BaseURL}, {"Secret Token", "the token above"}}
	}
	return [][2]string{{"SCIM base URL", c.BaseURL}, {"bearer token", "the token above"}}
}
