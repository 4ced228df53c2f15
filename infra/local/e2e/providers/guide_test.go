package providers_test

import (
	"strings"
	"testing"

	"scimserver/shared/tenant"
)

// mistakes makes the mistakes that the guides explain, and reads the answer that the provider's own
// message quotes. The pages are infra/docs/provider-*.md.
func mistakes(t *testing.T, s suite) {
	c := client{s.NewTenant(t, "mistakes", tenant.Generic)}
	base, token := c.Stack.BaseURL(), c.token()
	root := strings.TrimSuffix(base, "/scim/v2")
	const wanted = "Authorization: Bearer scim_"
	for name, tt := range map[string]struct {
		base, authorization string
		status              int
		says                string
	}{
		"as the guide says":  {base, "Bearer " + token, 200, ""},
		"a slash at the end": {base + "/", "Bearer " + token, 404, "ends in a slash, remove it"},
		"without /scim/v2":   {root, "Bearer " + token, 404, "use the base URL that ends in /scim/v2"},
		"/Users at the end": {base + "/Users", "Bearer " + token, 404,
			"remove /Users from the end of the base URL"},
		"/scim/v2 twice": {base + "/scim/v2", "Bearer " + token, 404,
			"remove /scim/v2 from the end of the base URL"},
		"the word Bearer twice":   {base, "Bearer Bearer " + token, 401, wanted},
		"without the word Bearer": {base, token, 401, wanted},
		"a part of the token":     {base, "Bearer " + token[:len(token)-3], 401, wanted},
		"no token":                {base, "", 401, wanted},
		"a token of Entra ID":     {base, "Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln", 401, wanted},
	} {
		// This is what Entra ID sends as its test of the connection.
		a := c.With(tt.authorization).SendTo("GET", tt.base+"/Users?filter=userName+eq+%229edf3db5%22", "")
		if detail := a.Body.Get("detail").Text(); a.Status != tt.status || !strings.Contains(detail, tt.says) {
			t.Errorf("%s: %d %q, want %d %q", name, a.Status, detail, tt.status, tt.says)
		}
	}
}
