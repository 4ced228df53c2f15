// Package testkit gives tests a real DynamoDB engine and new tables, which are declared by the same
// template that is deployed. It is test support: no deployed program imports it.
package testkit

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"scimserver/shared/testkit/ddblocal"
)

// endpointVariable names a running DynamoDB engine. When it is set, the tests
// use that engine; otherwise Run starts one.
const endpointVariable = "DYNAMODB_ENDPOINT"

// Run is the body of TestMain for a package whose tests need DynamoDB:
//
//	func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }
//
// The engine lives in memory. The packages that one `go test` command tests share it, and
// it ends with that command; see ddblocal.Shared.
func Run(m *testing.M) int {
	flag.Parse()
	o := ddblocal.Options{Lasting: Long()}
	if ddblocal.IsKeeper() {
		o.Lasting = true // many packages share the engine, so its slower start pays off
		return status(ddblocal.Keep(o))
	}
	if err := setCredentials(); err != nil {
		return status(err)
	}
	if os.Getenv(endpointVariable) != "" {
		return m.Run()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	engine, err := ddblocal.Share(ctx, o)
	if err != nil {
		return status(err)
	}
	defer engine.Stop()
	if err := os.Setenv(endpointVariable, engine.Endpoint()); err != nil {
		return status(err)
	}
	return max(m.Run(), status(engine.Failure()))
}

// Endpoint is the URL of the engine that Run provided.
func Endpoint(tb testing.TB) string {
	tb.Helper()
	url := os.Getenv(endpointVariable)
	if url == "" {
		tb.Fatalf("%s is not set: give the package a TestMain that calls testkit.Run", endpointVariable)
	}
	return url
}

// setCredentials sets AWS credentials for the SDK, which does not send unsigned requests.
// DynamoDB Local accepts any well-formed key. If DYNAMODB_ENDPOINT and credentials are set
// in the environment, they are used: the endpoint may be that of the real service.
func setCredentials() error {
	if os.Getenv(endpointVariable) != "" && os.Getenv("AWS_ACCESS_KEY_ID") != "" {
		return nil
	}
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-central-1",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return nil
}

// status returns the exit status for an error, and prints the error.
func status(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "testkit:", err)
	return 1
}
