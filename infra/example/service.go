package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// service is a client of the operator API. The application only reads.
type service struct {
	base   string // ADMIN_URL
	region string
	keys   aws.CredentialsProvider
	http   *http.Client
}

// connect returns a client with the settings from the local stack's file, or from the
// environment. In AWS, set ADMIN_URL to the stack's output AdminUrl. The application's role needs
// execute-api:Invoke for GET on the paths that it reads.
func connect(ctx context.Context, envFile string) (*service, error) {
	variables, err := readVariables(envFile)
	if err != nil {
		return nil, err
	}
	get := func(name string) string { return cmp.Or(variables[name], os.Getenv(name)) }
	s := &service{base: strings.TrimSuffix(get("ADMIN_URL"), "/")}
	if s.base == "" {
		return nil, errors.New("ADMIN_URL is not set: give the local stack's file with -env-file, " +
			"or set it to the output AdminUrl of the deployed stack")
	}
	s.http = &http.Client{Timeout: longPoll + 20*time.Second}
	if id := get("ADMIN_ACCESS_KEY_ID"); id != "" { // the key pair of the local stack
		s.keys = credentials.NewStaticCredentialsProvider(id, get("ADMIN_SECRET_ACCESS_KEY"), "")
		s.region = get("ADMIN_REGION")
		return s, nil
	}
	aws, err := config.LoadDefaultConfig(ctx)
	s.keys, s.region = aws.Credentials, aws.Region
	return s, err
}

// readVariables reads lines of NAME=value.
func readVariables(file string) (map[string]string, error) {
	if file == "" {
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	variables := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), "=")
		variables[name] = value
	}
	return variables, lines.Err()
}

// statusError is a response with an error status.
type statusError struct {
	status  int
	Message string `json:"message"`
	Oldest  int64  `json:"oldest"` // with 410: the oldest event that can be read
}

func (e *statusError) Error() string {
	return fmt.Sprintf("the service answers %d: %s", e.status, e.Message)
}

// hasStatus reports whether an error is a response with a status.
func hasStatus(err error, status int) bool {
	refused, ok := errors.AsType[*statusError](err)
	return ok && refused.status == status
}

// emptyHash is the SHA-256 hash of an empty body, for GET requests.
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// get sends a GET request, signed with Signature Version 4, and decodes the response.
func (s *service) get(ctx context.Context, path string, query url.Values, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+"/v1"+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	key, err := s.keys.Retrieve(ctx)
	if err != nil {
		return err
	}
	if err := v4.NewSigner().SignHTTP(ctx, key, r, emptyHash, "execute-api", s.region, time.Now()); err != nil {
		return err
	}
	res, err := s.http.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		refused := &statusError{status: res.StatusCode}
		_ = json.NewDecoder(res.Body).Decode(refused) // a response without a message still has a status
		return refused
	}
	return json.NewDecoder(res.Body).Decode(out)
}
