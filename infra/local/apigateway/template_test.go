package apigateway_test

import (
	"encoding/json"
	"strconv"
	"testing"

	"scimserver/infra/local/apigateway"
	"scimserver/infra/local/template"
)

// TestEveryGatewayResponseIsASCIMError reads the project's own template: a REST
// API must not answer in any other shape, whatever goes wrong (RFC 7644 section 3.12).
func TestEveryGatewayResponseIsASCIMError(t *testing.T) {
	s, err := template.Load("../../../template.yaml", template.Deployment{StackName: "app", Region: "eu-central-1", AccountID: "000000000000"})
	if err != nil {
		t.Fatal(err)
	}
	var declared struct {
		GatewayResponses map[string]struct {
			StatusCode         int
			ResponseParameters struct{ Headers map[string]string }
			ResponseTemplates  map[string]string
		}
	}
	for _, r := range s.OfType("AWS::Serverless::Api") {
		if r.ID != "Api" {
			continue
		}
		if err := r.Decode(&declared); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range apigateway.ResponseTypes() {
		r, ok := declared.GatewayResponses[name]
		if !ok {
			t.Errorf("%s is not declared", name)
			continue
		}
		var body struct {
			Schemas []string
			Status  string
			Detail  string
		}
		if err := json.Unmarshal([]byte(r.ResponseTemplates["application/json"]), &body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(body.Schemas) != 1 || body.Schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error" || body.Detail == "" {
			t.Errorf("%s is no SCIM error: %+v", name, body)
		}
		if body.Status != strconv.Itoa(r.StatusCode) {
			t.Errorf("%s: the body says %s, the response is %d", name, body.Status, r.StatusCode)
		}
		checkHeaders(t, name, r.StatusCode, r.ResponseParameters.Headers)
	}
}

func checkHeaders(t *testing.T, name string, status int, headers map[string]string) {
	t.Helper()
	if headers["Content-Type"] != "'application/scim+json'" {
		t.Errorf("%s: Content-Type is %s", name, headers["Content-Type"])
	}
	if status == 401 && headers["WWW-Authenticate"] != `'Bearer realm="scim"'` {
		t.Errorf("%s: WWW-Authenticate is %s", name, headers["WWW-Authenticate"])
	}
	retry := status == 429 || status > 501
	value := headers["Retry-After"]
	if retry != (value != "") {
		t.Errorf("%s: Retry-After is %q with status %d", name, value, status)
	}
	if value == "" {
		return
	}
	if seconds, err := strconv.Atoi(value[1 : len(value)-1]); err != nil || seconds < 1 {
		t.Errorf("%s: Retry-After is %s, want whole seconds", name, value)
	}
}
