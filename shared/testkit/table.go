package testkit

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Table creates an empty table as infra/storage.yaml declares it, but without the stream and without
// time to live.
// It deletes the table when the test ends, and returns its name.
func Table(tb testing.TB) string {
	tb.Helper()
	name, _ := newTable(tb, false)
	return name
}

func newTable(tb testing.TB, streamed bool) (name string, s *Stream) {
	tb.Helper()
	properties, err := declaredTable(filepath.Join(ModuleRoot(tb), "infra", "storage.yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	name = "test-" + rand.Text()
	db := Client(tb)
	in := properties.createInput(name)
	if streamed {
		in.StreamSpecification = properties.streamInput()
	}
	out, err := db.CreateTable(tb.Context(), in)
	if err != nil {
		tb.Fatalf("create table: %v", err)
	}
	tb.Cleanup(func() { drop(tb, db, name) })
	if err := await(tb.Context(), db, name); err != nil {
		tb.Fatalf("wait for table: %v", err)
	}
	arn := aws.ToString(out.TableDescription.LatestStreamArn)
	return name, &Stream{endpoint: Endpoint(tb), arn: arn, next: map[string]string{}}
}

// Client returns an SDK client for tests that access items directly. The functions given
// adjust its options.
func Client(tb testing.TB, options ...func(*dynamodb.Options)) *dynamodb.Client {
	tb.Helper()
	cfg, err := config.LoadDefaultConfig(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	at := func(o *dynamodb.Options) {
		o.BaseEndpoint = aws.String(Endpoint(tb))
		o.HTTPClient = &http.Client{Timeout: time.Minute} // an engine that hangs fails the test
	}
	return dynamodb.NewFromConfig(cfg, append([]func(*dynamodb.Options){at}, options...)...)
}

// ModuleRoot returns the folder of go.mod: `go test` runs a test in its package's folder below it.
func ModuleRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			tb.Fatal("no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
}

// drop deletes a table. It runs at cleanup, when the test's own context has ended.
func drop(tb testing.TB, db *dynamodb.Client, name string) {
	if _, err := db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
		tb.Errorf("delete table: %v", err)
	}
}
