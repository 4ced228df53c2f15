package apiclient

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
)

// ConnectionHelp is the part of the help that says how scimctl finds the service.
const ConnectionHelp = `Flags may stand anywhere on the command line, with one dash or two.
scimctl help COMMAND shows the flags of a command, such as: scimctl help tenant create

Environment:
  ADMIN_URL                URL of the operator API (output AdminUrl of the stack)
  ADMIN_ACCESS_KEY_ID,     key pair that signs the requests; by default the credentials that
  ADMIN_SECRET_ACCESS_KEY  the AWS CLI uses (AWS_PROFILE, AWS_ACCESS_KEY_ID, ...)
  ADMIN_REGION             region of the API; by default the one in ADMIN_URL, or AWS_REGION

Exit status: 0 success, 1 refused or failed, 2 error in the command line, 3 verify has
found something.`

// Connect finds the service and the credentials for it.
func Connect(ctx context.Context, envFile string) (*Client, error) {
	getenv, err := Environment(envFile)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(getenv("ADMIN_URL"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("ADMIN_URL is %q, which is not a URL: set it to the output AdminUrl of the stack, "+
			"or give the env file of the local stack with -env-file", getenv("ADMIN_URL"))
	}
	c := &Client{base: strings.TrimSuffix(base.String(), "/")}
	c.http = &http.Client{Timeout: 40 * time.Second, Transport: transport()}
	c.region = cmp.Or(getenv("ADMIN_REGION"), regionOf(base.Hostname()))
	if id := getenv("ADMIN_ACCESS_KEY_ID"); id != "" {
		key := aws.Credentials{AccessKeyID: id, SecretAccessKey: getenv("ADMIN_SECRET_ACCESS_KEY")}
		c.keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil })
		c.region = cmp.Or(c.region, os.Getenv("AWS_REGION"))
	} else if err := c.useAWS(ctx); err != nil {
		return nil, err
	}
	if c.region == "" {
		return nil, errors.New("the region of the operator API is unknown: set ADMIN_REGION or AWS_REGION")
	}
	return c, nil
}

// MaxParallel is the maximum number of parallel requests, and of connections that are kept open for them.
const MaxParallel = 64

// transport keeps a connection open for each parallel request of an import.
func transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = MaxParallel
	return t
}

// useAWS uses the credentials that the AWS CLI uses. They are renewed when they expire,
// which may happen during an import.
func (c *Client) useAWS(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	c.region, c.keys = cmp.Or(c.region, cfg.Region), cfg.Credentials
	if _, err = c.keys.Retrieve(ctx); err != nil {
		return fmt.Errorf("no credentials to sign requests: set ADMIN_ACCESS_KEY_ID and ADMIN_SECRET_ACCESS_KEY, "+
			"or log in with the AWS CLI (%w)", err)
	}
	return nil
}

// Environment returns a function that looks variables up in the file first, then in
// the environment of the process.
func Environment(file string) (func(string) string, error) {
	if file == "" {
		return os.Getenv, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the env file: %w", err)
	}
	values := map[string]string{}
	for line := range bytes.Lines(data) {
		name, value, _ := strings.Cut(strings.TrimSpace(string(line)), "=")
		values[name] = value
	}
	return func(name string) string { return cmp.Or(values[name], os.Getenv(name)) }, nil
}

// regionOf is the region in a host name of API Gateway, "" in others.
func regionOf(host string) string {
	parts := strings.Split(host, ".")
	if len(parts) < 4 || parts[1] != "execute-api" {
		return ""
	}
	return parts[2]
}
