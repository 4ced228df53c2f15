package stack_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"syscall"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"scimserver/infra/local/stack"
	"scimserver/shared/tenant"
)

// operate sends a signed request without a body to the operator API.
func operate(t testing.TB, s *stack.Stack, method, path string, out any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.AdminURL()+"/v1"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256(nil)
	if err := v4.NewSigner().SignHTTP(t.Context(), s.Operator(), req, hex.EncodeToString(hash[:]), "execute-api",
		s.Region(), time.Now()); err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(out); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d, %v", method, path, res.StatusCode, err)
	}
}

// TestOperatorsHaveTheLastWord: what they change stays, whatever the stack stores
// again when its engine restarts.
func TestOperatorsHaveTheLastWord(t *testing.T) {
	t.Parallel()
	s := start(t,
		stack.Options{DataDir: t.TempDir(), MaxProcesses: 2,
			Parameters: map[string]string{"AuthorizerCacheSeconds": "0"}})
	key, err := tenant.Parse(s.Token())
	if err != nil {
		t.Fatal(err)
	}
	var revoked, changed struct{ State string }
	operate(t, s, http.MethodDelete, "/tenants/local/credentials/"+string(key), &revoked)
	operate(t, s, http.MethodPost, "/tenants/local/suspend", &changed)
	if revoked.State != "revoked" || changed.State != "suspended" {
		t.Fatalf("%+v, %+v", revoked, changed)
	}
	if err := syscall.Kill(s.EnginePid(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	other, err := s.AddTenant(t.Context(), tenant.Tenant{ID: "other", Profile: tenant.Generic})
	for deadline := time.Now().Add(time.Minute); err != nil &&
		time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		other, err = s.AddTenant(t.Context(), tenant.Tenant{ID: "other", Profile: tenant.Generic})
	}
	if err != nil {
		t.Fatal(err)
	}
	want(t, http.StatusOK, "GET", s.BaseURL()+"/Users", other, "")
	want(t, http.StatusUnauthorized, "GET", s.BaseURL()+"/Users", s.Token(), "")
	var record struct{ State string }
	operate(t, s, http.MethodGet, "/tenants/local", &record)
	var list struct{ Credentials []struct{ State string } }
	operate(t, s, http.MethodGet, "/tenants/local/credentials", &list)
	if record.State != "suspended" || len(list.Credentials) != 1 || list.Credentials[0].State != "revoked" {
		t.Errorf("after the restart: %+v, %+v", record, list)
	}
}
