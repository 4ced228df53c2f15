package main

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
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// client sends signed requests to the operator API.
type client struct {
	base   string
	region string
	keys   aws.CredentialsProvider
	http   *http.Client
}

// apiError is a response of the operator API other than success.
type apiError struct {
	status  int
	Message string `json:"message"`
}

func (e *apiError) Error() string { return printable(cmp.Or(e.Message, http.StatusText(e.status))) }

// hasStatus reports whether an error is a response with this status.
func hasStatus(err error, status int) bool {
	refused, ok := errors.AsType[*apiError](err)
	return ok && refused.status == status
}

// isTransient reports whether a repeated request may succeed.
func isTransient(err error) bool {
	refused, ok := errors.AsType[*apiError](err)
	return err != nil && (!ok || refused.status == http.StatusTooManyRequests || refused.status >= 500)
}

// do sends a request and decodes the response into out. It retries transient errors of
// idempotent requests.
func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	const tries = 4
	for n := 1; ; n++ {
		err := c.once(ctx, method, path, in, out)
		if method == http.MethodPost || n == tries || !isTransient(err) || !sleep(ctx, time.Duration(n)*time.Second) {
			return err
		}
	}
}

// sleep reports false when the context was cancelled first.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// once is do without retries.
func (c *client) once(ctx context.Context, method, path string, in, out any) error {
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
	e := &apiError{status: status}
	_ = json.Unmarshal(body, e)
	if status == http.StatusForbidden { // by the gateway: the service never returns it
		e.Message = "the operator API refuses the signature or the caller (" + cmp.Or(e.Message, "403") +
			"): check the key pair, its permission for execute-api:Invoke, and this machine's clock"
	}
	return e
}

// request makes a request with a signature of AWS Signature Version 4.
func (c *client) request(ctx context.Context, method, path string, in any) (*http.Request, error) {
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
		return nil, err
	}
	hash := sha256.Sum256(body)
	return req, v4.NewSigner().SignHTTP(ctx, key, req, hex.EncodeToString(hash[:]), "execute-api", c.region, time.Now())
}
