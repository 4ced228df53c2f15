// Package ctltest has what the tests of scimctl and of its console share: they run the real program against
// the real local stack.
package ctltest

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/testkit/command"
)

// Build builds scimctl from its folder and returns the path of the program. Like go run, it leaves the commit out.
func Build(t *testing.T, folder string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "scimctl")
	cmd := command.Limited(t.Context(), 5*time.Minute, "go", "build", "-buildvcs=false", "-o", program, folder)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// Stack starts a local stack whose authorizer caches nothing. The pairs are parameters of the template.
func Stack(t *testing.T, pairs ...string) *stack.Stack {
	t.Helper()
	parameters := map[string]string{"AuthorizerCacheSeconds": "0"}
	for i := 0; i+1 < len(pairs); i += 2 {
		parameters[pairs[i]] = pairs[i+1]
	}
	return e2e.Stack(t, stack.Options{Log: t.Output(), Parameters: parameters})
}

// Env is the environment in which scimctl calls the operator API of a stack. Its own four variables are last.
func Env(s *stack.Stack) []string {
	key := s.Operator()
	return append(
		os.Environ(), "ADMIN_URL="+s.AdminURL(), "ADMIN_REGION="+s.Region(),
		"ADMIN_ACCESS_KEY_ID="+key.AccessKeyID, "ADMIN_SECRET_ACCESS_KEY="+key.SecretAccessKey,
	)
}

// Send sends a SCIM request, and returns its status and body.
func Send(t *testing.T, s *stack.Stack, token, method, path, body string) (int, map[string]any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.BaseURL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var v map[string]any
	_ = json.NewDecoder(res.Body).Decode(&v)
	return res.StatusCode, v
}
