// Package apiclient calls the operator API with requests that are signed by the operator's own AWS
// identity. The commands of scimctl and its console use it.
package apiclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"scimserver/infra/scimctl/wording"
)

// Client sends signed requests to the operator API.
type Client struct {
	base   string
	region string
	keys   aws.CredentialsProvider
	http   *http.Client
}

// Error is a response of the operator API other than success.
type Error struct {
	Status  int    `json:"-"`
	Message string `json:"message"`
}

// Error is the message, without characters that control a terminal.
func (e *Error) Error() string {
	return wording.Printable(cmp.Or(e.Message, http.StatusText(e.Status)))
}

// CredentialsError says that there are no AWS credentials to sign a request, or none that are valid.
type CredentialsError struct{ cause error }

// Error includes the cause, in the words of the AWS SDK.
func (e *CredentialsError) Error() string {
	return wording.Printable("no valid AWS credentials: " + e.cause.Error())
}

// Unwrap returns the cause.
func (e *CredentialsError) Unwrap() error { return e.cause }

// Host names the operator API that the client calls: its host and path.
func (c *Client) Host() string {
	_, host, _ := strings.Cut(c.base, "://")
	return host
}

// HasStatus reports whether an error is a response with this status.
func HasStatus(err error, status int) bool {
	refused, ok := errors.AsType[*Error](err)
	return ok && refused.Status == status
}

// IsTransient reports whether a repeated request may succeed.
func IsTransient(err error) bool {
	refused, ok := errors.AsType[*Error](err)
	return err != nil && (!ok || refused.Status == http.StatusTooManyRequests || refused.Status >= 500)
}

// Do sends a request and decodes the response into out. It retries transient errors of
// idempotent requests.
func (c *Client) Do(ctx context.Context, method, path string, in, out any) error {
	const tries = 4
	for n := 1; ; n++ {
		err := c.Once(ctx, method, path, in, out)
		if method == http.MethodPost || n == tries || !IsTransient(err) || !Sleep(ctx, time.Duration(n)*time.Second) {
			return err
		}
	}
}

// Sleep waits, and reports false when the context was cancelled first.
func Sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// Once is Do without retries.
func (c *Client) Once(ctx context.Context, method, path string, in, out any) error {
	req, err := c.request(ctx, method, path, in)
	if err != nil {
		return err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("the operator API can't be reached: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return responseError(res.StatusCode, data)
	}
	return json.Unmarshal(data, out)
}

func responseError(status int, body []byte) error {
	e := &Error{Status: status}
	_ = json.Unmarshal(body, e)
	if status == http.StatusForbidden { // API Gateway sent it: the service never does
		e.Message = "the operator API refuses the signature or the caller (" + cmp.Or(e.Message, "403") +
			"): check the key pair, its permission for execute-api:Invoke, and this machine's clock"
	}
	return e
}

// request makes a request with a signature of AWS Signature Version 4.
func (c *Client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+"/v1"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	key, err := c.keys.Retrieve(ctx)
	if err != nil {
		return nil, &CredentialsError{err}
	}
	hash := sha256.Sum256(body)
	return req, v4.NewSigner().SignHTTP(ctx, key, req, hex.EncodeToString(hash[:]), "execute-api", c.region, time.Now())
}
