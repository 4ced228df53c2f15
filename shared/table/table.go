// Package table gives access to the one DynamoDB table: items by key, strongly consistent
// reads, conditional writes and transactions with a retry loop of their own, and a meter
// of what each request consumes. It is the only deployed package that imports DynamoDB's
// SDK, and does not depend on SCIM.
package table

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"scimserver/shared/awsenv"
)

// ErrUnavailable reports that DynamoDB did not carry out a call in time: it was
// unreachable, throttled the call, or other writers conflicted with every attempt. Whether
// the write was carried out is unknown; it is never partial.
var ErrUnavailable = errors.New("table: not carried out in time")

// Options say which table to open and how to reach it.
type Options struct {
	Name string
	// Client sends the HTTP requests; nil means a client with timeouts for Lambda.
	Client *http.Client
	// Endpoint is the URL of another DynamoDB, such as DynamoDB Local; empty means the
	// endpoint that the environment configures.
	Endpoint string
	// Config is the configuration of the AWS client; nil means that of a Lambda function,
	// from the environment. Operators' tools use the AWS CLI's profiles instead.
	Config *aws.Config
	// Budget bounds the time of one call with all its retries; zero means fifteen
	// seconds, or five times that on DynamoDB Local. The context's deadline bounds it as well. One
	// attempt takes at most a third of it.
	Budget time.Duration
}

// DB is a handle on the table. It is safe for concurrent use.
type DB struct {
	client *caller
	name   string
	budget time.Duration
	quota  retryQuota
}

// Open makes a handle. It makes no call.
func Open(o Options) (*DB, error) {
	cfg, err := o.config()
	if err != nil {
		return nil, err
	}
	client, err := newCaller(dynamodb.NewFromConfig(cfg, o.apply).Options())
	if err != nil {
		return nil, fmt.Errorf("table: %w", err)
	}
	if o.Client == nil {
		client.options.HTTPClient = lambdaClient(client.slowness())
	}
	client.limit = cmp.Or(o.Budget, client.slowness()*15*time.Second) / 3
	return &DB{name: o.Name, budget: 3 * client.limit, client: client}, nil
}

// Brief returns a context for a call that an answer does not depend on, and for which it waits for at
// most limit, or five times that on DynamoDB Local.
func (db *DB) Brief(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, db.client.slowness()*limit)
}

// apply sets the HTTP client and the endpoint, as far as they are given.
func (o Options) apply(options *dynamodb.Options) {
	if o.Client != nil {
		options.HTTPClient = o.Client
	}
	if o.Endpoint != "" {
		options.BaseEndpoint = &o.Endpoint
	}
}

func (o Options) config() (aws.Config, error) {
	if o.Config != nil {
		return *o.Config, nil
	}
	return awsenv.Config("DYNAMODB")
}

// lambdaClient has timeouts so short that a dead connection leaves time for another
// attempt. A Lambda function often has one when it was frozen between two invocations. The
// timeouts are multiplied by slowness.
func lambdaClient(slowness time.Duration) *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = slowness * time.Second }).
		WithTransportOptions(func(t *http.Transport) {
			t.TLSHandshakeTimeout = slowness * 2 * time.Second
			t.ResponseHeaderTimeout = slowness * 3 * time.Second
			t.MaxIdleConnsPerHost = 64
		})
}

// Key is the primary key of an item.
type Key struct{ PK, SK string }

// Name returns the name of the table.
func (db *DB) Name() string { return db.name }
