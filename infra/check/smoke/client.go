// Package smoke tests a deployed service. It uses the service like an identity provider and an
// operator, over HTTP and through scimctl, and deletes everything that it has created.
package smoke

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const requestTimeout = 60 * time.Second

// document is a JSON object.
type document = map[string]any

// Client sends SCIM requests.
type Client struct {
	Base  string // the URL before /scim/v2, without a trailing slash
	Token string
}

// answer is the status and the body of a response.
type answer struct {
	status int
	body   document
}

// send sends a request. body is nil, a string, or a value to encode as JSON.
func (c Client) send(ctx context.Context, method, path string, body any) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	data, err := encode(body)
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.Base+path, bytes.NewReader(data))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/scim+json")
	if c.Token != "" {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return read(http.DefaultClient.Do(req))
}

func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(b), nil
	}
	return json.Marshal(body)
}

func read(res *http.Response, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: res.StatusCode, body: document{}}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &a.body); err != nil {
			return a, fmt.Errorf("status %d with a body that is not a JSON object: %.200s", res.StatusCode, data)
		}
	}
	return a, nil
}

// Want sends a request, and returns an error if the response has another status. A response with a
// status of 400 or more must also be a SCIM error.
func (c Client) Want(ctx context.Context, status int, method, path string, body any) (document, error) {
	a, err := c.send(ctx, method, path, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if a.status != status {
		return nil, fmt.Errorf("%s %s: status %d, want %d: %v", method, path, a.status, status, a.body)
	}
	if status >= 400 && a.body["status"] != fmt.Sprint(status) {
		return nil, fmt.Errorf("%s %s: status %d without a SCIM error: %v", method, path, status, a.body)
	}
	return a.body, nil
}

// AccessToken gets a token with client credentials (RFC 6749 section 4.4).
func (c Client) AccessToken(ctx context.Context, id, secret string) (string, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	body := strings.NewReader(form.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.Base+"/oauth2/token", body)
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := read(http.DefaultClient.Do(req))
	if err != nil {
		return "", err
	}
	token, _ := a.body["access_token"].(string)
	if a.status != http.StatusOK || token == "" {
		return "", fmt.Errorf("the token endpoint returned %d: %v", a.status, a.body)
	}
	return token, nil
}

// awaitAccess waits until API Gateway knows the API key of a new tenant. Until then it returns 403.
func (c Client) awaitAccess(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		_, err := c.Want(ctx, http.StatusOK, "GET", "/scim/v2/Users?count=0", nil)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Second):
		}
	}
}
