// Package table is the one DynamoDB table as the directory uses it: items by
// key, strongly consistent reads, conditional writes and transactions with a
// retry loop of their own, and the count of what each request consumed. It is
// the only importer of the AWS SDK and knows nothing of SCIM.
package table

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"scimserver/shared/awsenv"
)

// ErrUnavailable says that DynamoDB did not carry out a call within the time
// allowed: it was out of reach, throttled, or in conflict with other writers
// throughout. The outcome of a write is then unknown but never partial.
var ErrUnavailable = errors.New("table: not carried out in time")

// Options say which table to open and how to reach it.
type Options struct {
	Name string
	// Client sends the HTTP requests; nil means one made for Lambda.
	Client *http.Client
	// Endpoint is the URL of another engine than the service's own; empty means
	// what the environment says.
	Endpoint string
	// Budget bounds the time one call may take with all its retries; zero means
	// fifteen seconds. The deadline of the context bounds it as well.
	Budget time.Duration
}

// DB is a handle on the table. It is safe for concurrent use.
type DB struct {
	client *dynamodb.Client
	name   string
	budget time.Duration
}

// Open makes a handle from the environment's region and credentials. It makes no
// call.
func Open(o Options) (*DB, error) {
	cfg, err := awsenv.Config("DYNAMODB")
	if err != nil {
		return nil, err
	}
	budget := o.Budget
	if budget == 0 {
		budget = 15 * time.Second
	}
	return &DB{
		name:   o.Name,
		budget: budget,
		client: dynamodb.NewFromConfig(cfg, func(options *dynamodb.Options) {
			options.Retryer = aws.NopRetryer{} // the loop in retry.go decides
			// TLS guards the body; the SDK's own check warns of every error answer.
			options.DisableValidateResponseChecksum = true
			options.HTTPClient = lambdaClient()
			if o.Client != nil {
				options.HTTPClient = o.Client
			}
			if o.Endpoint != "" {
				options.BaseEndpoint = aws.String(o.Endpoint)
			}
		}),
	}, nil
}

// lambdaClient fails fast enough that a dead connection, which a frozen function
// comes back with, leaves time for another attempt.
func lambdaClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().
		WithDialerOptions(func(d *net.Dialer) { d.Timeout = time.Second }).
		WithTransportOptions(func(t *http.Transport) {
			t.TLSHandshakeTimeout = 2 * time.Second
			t.ResponseHeaderTimeout = 3 * time.Second
			t.MaxIdleConnsPerHost = 64
		})
}

// Key is the primary key of an item.
type Key struct{ PK, SK string }
