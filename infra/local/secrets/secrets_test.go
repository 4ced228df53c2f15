package secrets_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/infra/local/iam"
	"scimserver/infra/local/secrets"
	"scimserver/infra/local/template"
)

const (
	declared = "Resources:\n  Key:\n    Type: AWS::SecretsManager::Secret\n    Properties:\n      " +
		"GenerateSecretString: {PasswordLength: 64, ExcludePunctuation: true}\n"
	arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:app-Key"
)

func TestWhoMayReadASecret(t *testing.T) {
	file := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(file, []byte(declared), 0o600); err != nil {
		t.Fatal(err)
	}
	deployment := template.Deployment{StackName: "app", Region: "eu-central-1", AccountID: "000000000000"}
	s, err := template.Load(file, deployment)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := iam.Parse([]byte(`[{"Statement":[{"Effect":"Allow",` +
		`"Action":"secretsmanager:GetSecretValue","Resource":"` + arn + `"}]}]`))
	if err != nil {
		t.Fatal(err)
	}
	store, err := secrets.New(s, map[string]*iam.Policy{"Reader": policy, "Other": {}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ caller, body, want string }{
		{"Reader", `{"SecretId":"` + arn + `"}`, "AWSCURRENT"},
		{"Reader", `{"SecretId":"` + arn + `","VersionStage":"AWSCURRENT"}`, "AWSCURRENT"},
		{"Reader", `{"SecretId":"` + arn + `","VersionStage":"AWSPREVIOUS"}`, "ResourceNotFoundException"},
		{"Reader", `{"SecretId":"another"}`, "AccessDeniedException"},
		{"Other", `{"SecretId":"` + arn + `"}`, "AccessDeniedException"},
		{"Nobody", `{"SecretId":"` + arn + `"}`, "AccessDeniedException"},
		{"Reader", `{`, "InvalidRequestException"},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(c.body))
		r.Header.Set("X-Amz-Target", "secretsmanager.GetSecretValue")
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+c.caller+"/20260101/x, Signature=y")
		w := httptest.NewRecorder()
		store.ServeHTTP(w, r)
		var answer struct{ SecretString string }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || !strings.Contains(w.Body.String(), c.want) {
			t.Errorf("%s, %s: %s", c.caller, c.body, w.Body)
		}
		if (len(answer.SecretString) == 64) != (c.want == "AWSCURRENT") {
			t.Errorf("%s, %s: the secret is %q", c.caller, c.body, answer.SecretString)
		}
	}
}
