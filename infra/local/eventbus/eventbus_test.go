package eventbus_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/infra/local/eventbus"
	"scimserver/infra/local/iam"
	"scimserver/infra/local/template"
)

const (
	declared = "Resources:\n  Bus:\n    Type: AWS::Events::EventBus\n    Properties:\n      Name: app-bus\n"
	arn      = "arn:aws:events:eu-central-1:000000000000:event-bus/app-bus"
)

// open returns the buses of a template, and what they print. Writer may put events.
func open(t *testing.T) (*eventbus.Buses, *strings.Builder) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(file, []byte(declared), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := template.Load(file, template.Deployment{
		StackName: "app", Region: "eu-central-1", AccountID: "000000000000",
	})
	if err != nil {
		t.Fatal(err)
	}
	statement := `{"Effect":"Allow","Action":"events:PutEvents","Resource":"` + arn + `"}`
	policy, err := iam.Parse([]byte(`[{"Statement":[` + statement + `]}]`))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	return eventbus.New(s, map[string]*iam.Policy{"Writer": policy, "Other": {}}, &log), &log
}

// put sends entries as the function caller, and returns the status and the body of the response.
func put(b http.Handler, caller, body string) (int, string) {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("X-Amz-Target", "AWSEvents.PutEvents")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+caller+"/20260101/x, Signature=y")
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func body(bus string, details ...string) string {
	var entries []map[string]string
	for _, d := range details {
		entries = append(entries, map[string]string{
			"EventBusName": bus, "Source": "scim.app", "DetailType": "user.created", "Detail": d,
		})
	}
	text, _ := json.Marshal(map[string]any{"Entries": entries})
	return string(text)
}

func TestEventsArePrinted(t *testing.T) {
	b, log := open(t)
	event := `{"sequence":1,"tenant":"acme","resource":{"id":"7","userName":"ann"}}`
	status, answer := put(b, "Writer", body("app-bus", event, `not JSON`))
	for _, want := range []string{`"FailedEntryCount":1`, "MalformedDetail"} {
		if status != http.StatusOK || !strings.Contains(answer, want) {
			t.Errorf("%d %s, want %s", status, answer, want)
		}
	}
	if got, want := log.String(), "event | 1 user.created tenant=\"acme\" id=\"7\"\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestPermissionToPutEvents(t *testing.T) {
	for caller, bus := range map[string]string{"Other": "app-bus", "Nobody": "app-bus", "Writer": "another"} {
		b, log := open(t)
		status, answer := put(b, caller, body(bus, `{}`))
		if status != http.StatusOK || !strings.Contains(answer, "NotAuthorized") || log.Len() > 0 {
			t.Errorf("%s on %s: %d %s", caller, bus, status, answer)
		}
	}
}

func TestLimitsOfACall(t *testing.T) {
	many := make([]string, 11)
	for i := range many {
		many[i] = `{}`
	}
	for name, text := range map[string]string{
		"no entry":       body("app-bus"),
		"eleven entries": body("app-bus", many...),
		"too large":      body("app-bus", `"`+strings.Repeat("x", 257<<10)+`"`),
		"not JSON":       `{`,
	} {
		b, _ := open(t)
		if status, answer := put(b, "Writer", text); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, status, answer)
		}
	}
}
