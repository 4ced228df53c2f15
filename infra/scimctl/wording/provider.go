package wording

import (
	"scimserver/shared/idp"
	"scimserver/shared/tenant"
)

// Provider is the name of the identity provider for which a tenant is prepared.
func Provider(p tenant.Profile) string {
	if p == tenant.Generic {
		return "Any (generic)"
	}
	if known := idp.For(tenant.BearerToken, p); known.Profile == p {
		return known.Name
	}
	return string(p)
}
