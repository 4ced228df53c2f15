package apigateway_test

import (
	"encoding/json"
	"regexp"
	"strconv"
	"testing"

	"scimserver/infra/local/apigateway"
	"scimserver/infra/local/template"
	"scimserver/shared/access"
)

// TestEveryGatewayResponseIsASCIMError reads the project's own template: a REST
// API must not answer in any other shape, whatever goes wrong (RFC 7644 section 3.12).
func TestEveryGatewayResponseIsASCIMError(t *testing.T) {
	var declared struct {
		GatewayResponses map[string]struct {
			StatusCode         int
			ResponseParameters struct{ Headers map[string]string }
			ResponseTemplates  map[string]string
		}
	}
	decodeAPI(t, &declared)
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
		if len(body.Schemas) != 1 || body.Schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error" ||
			body.Detail == "" {
			t.Errorf("%s is no SCIM error: %+v", name, body)
		}
		if body.Status != strconv.Itoa(r.StatusCode) {
			t.Errorf("%s: the body says %s, the response is %d", name, body.Status, r.StatusCode)
		}
		checkHeaders(t, name, r.StatusCode, r.ResponseParameters.Headers)
	}
}

// decodeAPI reads the properties of the SCIM API in the project's own template.
func decodeAPI(t *testing.T, into any) {
	t.Helper()
	s, err := template.Load("../../../template.yaml",
		template.Deployment{StackName: "app", Region: "eu-central-1", AccountID: "000000000000"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range s.OfType("AWS::Serverless::Api") {
		if r.ID != "Api" {
			continue
		}
		if err := r.Decode(into); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatal("the template declares no Api")
}

// TestTokenExpression: the expression that lets a request through to the authorizer takes every header that the
// authorizer's parser takes (RFC 9110 section 11.4), and a token without the scheme, so that its refusal is counted.
func TestTokenExpression(t *testing.T) { // P-2-2
	var declared struct {
		Auth struct {
			Authorizers map[string]struct {
				Identity struct{ ValidationExpression string }
			}
		}
	}
	decodeAPI(t, &declared)
	expression := regexp.MustCompile(declared.Auth.Authorizers["BearerToken"].Identity.ValidationExpression)
	for header, want := range map[string]string{
		"Bearer scim_k_s":        "scim_k_s",
		"Bearer    scim_k_s":     "scim_k_s",
		"BEARER scim_k_s":        "scim_k_s",
		"bearer  a-_1.b-_2.c-_3": "a-_1.b-_2.c-_3",
		"Bearer hello":           "hello",
		"Bearer Bearer scim_k_s": "Bearer scim_k_s",
		"Bearerscim_k_s":         "",
		"Bearer\tscim_k_s":       "",
		"Basic scim_k_s":         "",
		"Bearer":                 "",
	} {
		passes := expression.MatchString(header)
		token, ok := access.BearerToken(header)
		if passes != (want != "") || ok != passes || ok && token != want {
			t.Errorf("%q: the expression says %v, the parser %q, %v; want %q", header, passes, token, ok, want)
		}
	}
	if !expression.MatchString("scim_k_s") || expression.MatchString("Bearer    ") {
		t.Error("a token without the scheme passes, and a scheme without a token does not")
	}
}

func checkHeaders(t *testing.T, name string, status int, headers map[string]string) {
	t.Helper()
	if headers["Content-Type"] != "'application/scim+json'" {
		t.Errorf("%s: Content-Type is %s", name, headers["Content-Type"])
	}
	if headers["Cache-Control"] != "'no-store'" {
		t.Errorf("%s: Cache-Control is %s", name, headers["Cache-Control"])
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
