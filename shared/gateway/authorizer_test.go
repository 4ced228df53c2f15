package gateway

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

func TestAuthorizer(t *testing.T) { // P-2-2, P-2-4, P-7.4-3
	dir, err := directory.Open(t.Context(), directory.Options{Table: testkit.Table(t), Endpoint: testkit.Endpoint(t), Client: &http.Client{}})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	issue := func(id tenant.ID, expires time.Time) string {
		token, c := tenant.Issue(id, []tenant.Scope{tenant.Read}, now, expires)
		if err := dir.CreateCredential(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		return token
	}
	for _, id := range []tenant.ID{"acme", "globex"} {
		if _, err := dir.CreateTenant(t.Context(), tenant.Tenant{ID: id, Profile: tenant.Okta}); err != nil {
			t.Fatal(err)
		}
	}
	good := issue("acme", now.Add(time.Second))
	unknown, _ := tenant.Issue("acme", nil, now, time.Time{})
	suspended := issue("globex", time.Time{})
	if _, err := dir.ChangeTenant(t.Context(), "globex", func(t *tenant.Tenant) error { t.State = tenant.Suspended; return nil }); err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	authorize := Authorizer(dir, slog.New(slog.NewJSONHandler(&log, nil)), func() time.Time { return now })
	call := func(header string) (events.APIGatewayCustomAuthorizerResponse, error) {
		return authorize(t.Context(), events.APIGatewayCustomAuthorizerRequest{
			AuthorizationToken: header, MethodArn: "arn:aws:execute-api:eu-central-1:1:abc/v1/GET/scim/v2/Users"})
	}
	for name, header := range map[string]string{
		"none":                    "",
		"no scheme":               good,
		"other scheme":            "Basic " + good,
		"garbage":                 "Bearer scim_x_y",
		"unknown key":             "Bearer " + unknown,
		"expired":                 "Bearer " + issue("acme", now),
		"suspended tenant":        "Bearer " + suspended,
		"another key's own token": "Bearer " + swapKey(good, unknown),
	} {
		if out, err := call(header); err != errUnauthorized {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	out, err := call("bearer " + good)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.PolicyDocument.Statement[0].Resource[0]; got != "arn:aws:execute-api:eu-central-1:1:abc/v1/*/*" {
		t.Errorf("the policy covers %s", got)
	}
	if out.Context["tenant"] != "acme" || out.Context["profile"] != "okta" || out.Context["scopes"] != "read" || out.Context["expires"] != "1800000001" {
		t.Errorf("context %v", out.Context)
	}
	if strings.Contains(log.String(), good) || strings.Contains(log.String(), good[30:]) { // P-7.5.2-3
		t.Error("the log holds a token")
	}
}

// swapKey is a well-formed token of one key id with the secret of another.
func swapKey(a, b string) string {
	parts := strings.SplitN(a, "_", 3)
	secret := b[strings.LastIndex(b, "_")+1:]
	body := "scim_" + parts[1] + "_" + secret[:26]
	return body + tenant.Checksum(body)
}

// A directory out of reach is no 401: the provider would drop its token.
func TestAuthorizerFails(t *testing.T) {
	down := &http.Client{Transport: fault.Script(http.DefaultTransport, fault.Rule{Fault: fault.Refused})}
	dir, err := directory.Open(t.Context(), directory.Options{Table: "none", Endpoint: testkit.Endpoint(t), Client: down, Budget: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	token, _ := tenant.Issue("acme", nil, time.Now(), time.Time{})
	var log strings.Builder
	_, err = Authorizer(dir, slog.New(slog.NewJSONHandler(&log, nil)), time.Now)(t.Context(), events.APIGatewayCustomAuthorizerRequest{AuthorizationToken: "Bearer " + token})
	if !errors.Is(err, directory.ErrUnavailable) || errors.Is(err, errUnauthorized) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(log.String(), `"error":"table: not carried out in time`) || strings.Contains(log.String(), token) {
		t.Errorf("the log says %s", log.String())
	}
}
