package wording

import (
	"fmt"

	"scimserver/shared/admin"
)

// TenantDelay says when requests follow a change of a tenant. It is "" if they do at once.
func TenantDelay(changed admin.Tenant) string {
	if changed.EffectiveSeconds == 0 {
		return ""
	}
	return fmt.Sprintf("All requests follow this after %s at most: API Gateway remembers for that long what a "+
		"credential may do.", admin.Counted(int(changed.EffectiveSeconds), "second"))
}
