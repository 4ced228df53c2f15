package ddblocal_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/shared/testkit/command"
	"scimserver/shared/testkit/ddblocal"
)

const crashTable = "crash"

func start(t *testing.T, dir string) (*ddblocal.Engine, *dynamodb.Client) {
	t.Helper()
	e, err := ddblocal.Start(t.Context(), ddblocal.Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Stop)
	return e, dynamodb.New(dynamodb.Options{
		BaseEndpoint: aws.String(e.Endpoint()), Region: "eu-central-1", RetryMaxAttempts: 1,
		HTTPClient: &http.Client{Transport: ddblocal.Committed(http.DefaultTransport)},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil
		}),
	})
}

// TestAcknowledgedWritesSurviveTheEnginesDeath kills the engine in the middle of
// parallel writes, single ones and transactions, and reads back what it had acknowledged.
func TestAcknowledgedWritesSurviveTheEnginesDeath(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds of writing, in no code of ours that could race")
	}
	t.Parallel()
	dir := t.TempDir()
	e, db := start(t, dir)
	createTable(t, db)
	written := writeUntilDead(t, e, db)
	if len(written) < 100 {
		t.Fatalf("only %d writes were acknowledged before the engine was killed", len(written))
	}
	_, db = start(t, dir)
	lost := 0
	for _, k := range written {
		out, err := db.GetItem(t.Context(),
			&dynamodb.GetItemInput{TableName: aws.String(crashTable), Key: item(k), ConsistentRead: aws.Bool(true)})
		if err != nil {
			t.Fatal(err)
		}
		if out.Item == nil {
			lost++
		}
	}
	t.Logf("%d writes acknowledged, %d of them lost", len(written), lost)
	if lost > 0 {
		t.Errorf("%d of %d acknowledged writes were lost", lost, len(written))
	}
}

// writeUntilDead returns the keys of the acknowledged writes.
func writeUntilDead(t *testing.T, e *ddblocal.Engine, db *dynamodb.Client) []string {
	var mu sync.Mutex
	var written []string
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for n := 0; ; n++ {
				keys := []string{fmt.Sprint(w, "-", n, "-a"), fmt.Sprint(w, "-", n, "-b")}[:1+n%2]
				if put(t.Context(), db, keys) != nil {
					return
				}
				mu.Lock()
				written = append(written, keys...)
				enough := len(written) >= 300
				mu.Unlock()
				if enough {
					_ = syscall.Kill(e.Pid(), syscall.SIGKILL)
				}
			}
		})
	}
	writers.Wait()
	<-e.Done()
	return written
}

// put writes one item alone, several in a transaction.
func put(ctx context.Context, db *dynamodb.Client, keys []string) error {
	table := aws.String(crashTable)
	if len(keys) == 1 {
		_, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: item(keys[0])})
		return err
	}
	in := &dynamodb.TransactWriteItemsInput{}
	for _, k := range keys {
		in.TransactItems = append(in.TransactItems,
			types.TransactWriteItem{Put: &types.Put{TableName: table, Item: item(k)}})
	}
	_, err := db.TransactWriteItems(ctx, in)
	return err
}

func item(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"PK": &types.AttributeValueMemberS{Value: key}}
}

func createTable(t *testing.T, db *dynamodb.Client) {
	t.Helper()
	_, err := db.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(crashTable), BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("PK"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("PK"), AttributeType: types.ScalarAttributeTypeS},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

const parentVariable = "DDBLOCAL_TEST_PARENT"

// TestEngineDiesWithItsParent runs itself as a parent that is killed, so that
// none of its own code can stop the engine.
func TestEngineDiesWithItsParent(t *testing.T) {
	t.Parallel()
	if os.Getenv(parentVariable) != "" {
		beKilledParent(t)
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a child with its parent")
	}
	cmd := command.Limited(t.Context(), 3*time.Minute, os.Args[0], "-test.run=^TestEngineDiesWithItsParent$")
	cmd.Env = append(os.Environ(), parentVariable+"=1")
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err == nil {
		t.Fatal("the parent was not killed")
	}
	address, printed := strings.CutPrefix(strings.TrimSpace(out.String()), "http://")
	if !printed {
		t.Fatalf("the parent printed %q, want its engine's endpoint", out.String())
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		_ = c.Close()
		if time.Now().After(end) {
			t.Fatalf("the engine at %s outlived its parent", address)
		}
	}
}

func beKilledParent(t *testing.T) {
	e, err := ddblocal.Start(t.Context(), ddblocal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println(e.Endpoint())
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
