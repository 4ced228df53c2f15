package server_test

import (
	"net/http"
	"strings"
	"testing"

	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

// TestOnlySuccessStoresTheClient: the setup page takes a stored client as a sign that the connection works.
func TestOnlySuccessStoresTheClient(t *testing.T) {
	t.Parallel()
	failing := fault.Script(http.DefaultTransport, fault.Rule{
		Operation: "UpdateItem", Calls: func(int) bool { return true }, Fault: fault.Denied,
	})
	c := newClientOn(t, open(t, testkit.Table(t), failing))
	writer, reader := c.origin.Caller, c.origin.Caller
	reader.Scopes = []tenant.Scope{tenant.Read}
	for name, request := range map[string]struct {
		caller       tenant.Caller
		method, path string
		status       int
		stores       bool
	}{
		"success":            {writer, "GET", "/Users", 200, true},
		"missing scope":      {reader, "POST", "/Users", 403, false},
		"repeated endpoint":  {writer, "GET", "/Users/Users", 404, false},
		"no endpoint":        {writer, "GET", "/Nothing", 404, false},
		"no such user":       {writer, "GET", "/Users/none", 404, false},
		"no such method":     {writer, "PUT", "/Users", 405, false},
		"malformed document": {writer, "POST", "/Users", 400, false},
	} {
		c.log.Reset()
		c.origin.Caller = request.caller
		if a := c.send(request.method, request.path, "", "User-Agent", name); a.StatusCode != request.status {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.Text)
		}
		if stores := strings.Contains(c.log.String(), `"unnamed":`); stores != request.stores { // storing always fails
			t.Errorf("%s: the log says %s", name, c.log)
		}
	}
}
