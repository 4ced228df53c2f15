package table

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"scimserver/shared/table/wire"
)

// caller sends calls to DynamoDB. The SDK gives their JSON, their signature, the endpoint and the errors, and
// package wire reads the answers. The SDK's client is not used: for each call it builds a chain of some thirty
// middlewares, which retry, adjust clocks and collect metadata that is not needed here.
type caller struct {
	options  dynamodb.Options
	endpoint string
	buffers  sync.Pool // of *bytes.Buffer, for answers
	// limit is the longest that one call may take, from the connection to the end of the answer. Without it,
	// an answer that stops half way would leave no time for another attempt.
	limit time.Duration
}

// newCaller resolves the endpoint, once for all calls.
func newCaller(o dynamodb.Options) (*caller, error) {
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(context.Background(), dynamodb.EndpointParameters{
		Region:       &o.Region,
		Endpoint:     o.BaseEndpoint,
		UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
	})
	if err != nil {
		return nil, fmt.Errorf("there is no DynamoDB endpoint for Region %s: %w", o.Region, err)
	}
	c := &caller{options: o, endpoint: endpoint.URI.String()}
	c.buffers.New = func() any { return new(bytes.Buffer) }
	return c, nil
}

// slowness returns the factor by which time limits are longer. An endpoint without TLS is taken to be DynamoDB Local,
// which may share a busy machine with its callers.
func (c *caller) slowness() time.Duration {
	if strings.HasPrefix(c.endpoint, "http://") {
		return 5
	}
	return 1
}

// call sends one call and reads the answer into out. It returns DynamoDB's errors as the SDK's
// types, wrapped with the id of the request.
func (c *caller) call(
	ctx context.Context, operation *smithy.OperationSchema, in smithy.Serializable, out smithy.Deserializable,
) error {
	name := operation.ID().Name
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	request, err := c.request(ctx, operation, in)
	if err != nil {
		if err = fmt.Errorf("%s: %w", name, err); ctx.Err() == nil {
			err = unsentError{err}
		}
		return err
	}
	answer, err := c.options.HTTPClient.Do(request)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer answer.Body.Close()
	if err := c.read(ctx, operation, answer, out); err != nil {
		id := answer.Header.Get("X-Amzn-Requestid")
		return &answerError{name, answer.StatusCode, id, err}
	}
	return nil
}

// unsentError says that a request could not be built or signed, for another reason than its deadline:
// credentials are missing, for example. Nothing was sent.
type unsentError struct{ error }

func (e unsentError) Unwrap() error { return e.error }

// answerError is an error that DynamoDB has answered with, or a failure to read its answer.
type answerError struct {
	operation string
	status    int    // of HTTP
	request   string // DynamoDB's id of it
	err       error
}

func (e *answerError) Error() string {
	return fmt.Sprintf("%s: status %d, request %q: %v", e.operation, e.status, e.request, e.err)
}

func (e *answerError) Unwrap() error { return e.err }

// request makes the signed HTTP request of a call.
func (c *caller) request(
	ctx context.Context, operation *smithy.OperationSchema, in smithy.Serializable,
) (*http.Request, error) {
	message := smithyhttp.NewStackRequest().(*smithyhttp.Request)
	if err := c.options.Protocol.SerializeRequest(ctx, operation, in, message); err != nil {
		return nil, err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, message.GetStream()); err != nil {
		return nil, err
	}
	if err := message.RewindStream(); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.endpoint, message.GetStream())
	if err != nil {
		return nil, err
	}
	request.Header = message.Header
	if err := c.sign(ctx, request, hex.EncodeToString(hash.Sum(nil))); err != nil {
		return nil, err
	}
	// net/http asks for a compressed answer by itself, which costs more time than it saves.
	request.Header.Set("Accept-Encoding", "identity")
	request.Header.Set("User-Agent", "scimserver")
	return request, nil
}

// read reads an answer into out. The SDK reads the errors of DynamoDB.
func (c *caller) read(
	ctx context.Context, operation *smithy.OperationSchema, answer *http.Response, out smithy.Deserializable,
) error {
	if answer.StatusCode != http.StatusOK {
		response := &smithyhttp.Response{Response: answer}
		return c.options.Protocol.DeserializeResponse(ctx, operation, dynamodb.TypeRegistry, response, out)
	}
	buffer := c.buffers.Get().(*bytes.Buffer)
	defer c.buffers.Put(buffer)
	buffer.Reset()
	if _, err := buffer.ReadFrom(answer.Body); err != nil {
		return err
	}
	return wire.Decode(buffer.Bytes(), out)
}

func (c *caller) sign(ctx context.Context, request *http.Request, bodyHash string) error {
	keys, err := c.options.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	return c.options.HTTPSignerV4.SignHTTP(ctx, keys, request, bodyHash, "dynamodb", c.options.Region, time.Now())
}
