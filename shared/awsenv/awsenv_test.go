package awsenv_test

import (
	"strings"
	"testing"

	"scimserver/shared/awsenv"
)

// environ sets the variables of a function, and no other of AWS.
func environ(t *testing.T, values map[string]string) {
	t.Helper()
	for _, name := range []string{
		"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB",
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
	} {
		t.Setenv(name, values[name])
	}
}

func TestConfig(t *testing.T) {
	environ(t, map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
		"AWS_SESSION_TOKEN": "token",
	})
	cfg, err := awsenv.Config("DYNAMODB")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := cfg.Credentials.Retrieve(t.Context())
	if err != nil || keys.AccessKeyID != "id" || keys.SecretAccessKey != "secret" || keys.SessionToken != "token" {
		t.Errorf("credentials %+v, %v", keys, err)
	}
	if cfg.Region != "eu-central-1" || cfg.BaseEndpoint != nil {
		t.Errorf("region %q, endpoint %v", cfg.Region, cfg.BaseEndpoint)
	}
}

func TestEndpoint(t *testing.T) {
	for name, want := range map[string]string{
		"AWS_ENDPOINT_URL": "http://all", "AWS_ENDPOINT_URL_DYNAMODB": "http://one",
	} {
		t.Run(name, func(t *testing.T) {
			values := map[string]string{"AWS_REGION": "r", "AWS_ENDPOINT_URL": "http://all"}
			values[name] = want
			environ(t, values)
			cfg, err := awsenv.Config("DYNAMODB")
			if err != nil || cfg.BaseEndpoint == nil || *cfg.BaseEndpoint != want {
				t.Errorf("endpoint %v, %v; want %s", cfg.BaseEndpoint, err, want)
			}
		})
	}
}

func TestMissingVariables(t *testing.T) {
	environ(t, nil)
	if _, err := awsenv.Config("DYNAMODB"); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("without a region: %v", err)
	}
	t.Setenv("AWS_REGION", "r")
	cfg, err := awsenv.Config("DYNAMODB")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cfg.Credentials.Retrieve(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "AWS_ACCESS_KEY_ID") {
		t.Errorf("without keys: %v", err)
	}
}
