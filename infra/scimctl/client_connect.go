package main

import (
	"bytes"
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

// connection is the part of the help that says how the service is found.
const connection = `
Environment:
  ADMIN_URL                 URL of the operator API (the stack's output AdminUrl)
  ADMIN_ACCESS_KEY_ID, ADMIN_SECRET_ACCESS_KEY
                            key pair that signs requests; without it the AWS credentials
                            that the AWS CLI would use (AWS_PROFILE, AWS_ACCESS_KEY_ID, ...)
  ADMIN_REGION              region of the API; without it the one in ADMIN_URL, or AWS_REGION
-env-file FILE reads them from the file that the local stack writes.
`

// connect finds the service and the credentials for it.
func connect(ctx context.Context, envFile string) (*client, error) {
	getenv, err := environment(envFile)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(getenv("ADMIN_URL"))
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("ADMIN_URL is %q: set it to the stack's output AdminUrl, or name the local stack's env file with -env-file", getenv("ADMIN_URL"))
	}
	c := &client{base: strings.TrimSuffix(base.String(), "/"), http: &http.Client{Timeout: 40 * time.Second, Transport: transport()}}
	c.region = either(getenv("ADMIN_REGION"), regionOf(base.Hostname()))
	if id := getenv("ADMIN_ACCESS_KEY_ID"); id != "" {
		key := aws.Credentials{AccessKeyID: id, SecretAccessKey: getenv("ADMIN_SECRET_ACCESS_KEY")}
		c.keys = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil })
		c.region = either(c.region, os.Getenv("AWS_REGION"))
	} else if err := c.useAWS(ctx); err != nil {
		return nil, err
	}
	if c.region == "" {
		return nil, errors.New("the region of the operator API is not known: set ADMIN_REGION or AWS_REGION")
	}
	return c, nil
}

// transport keeps a connection for every request that an import has under way.
func transport() http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = maxParallel
	return t
}

// useAWS takes the credentials that the AWS CLI would take. They are asked for
// anew when they expire, which an import may outlast.
func (c *client) useAWS(ctx context.Context) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	c.region, c.keys = either(c.region, cfg.Region), cfg.Credentials
	if _, err = c.keys.Retrieve(ctx); err != nil {
		return fmt.Errorf("no credentials to sign requests with: set ADMIN_ACCESS_KEY_ID and ADMIN_SECRET_ACCESS_KEY, or log in with the AWS CLI (%w)", err)
	}
	return nil
}

// environment is the process's, behind what the file says.
func environment(file string) (func(string) string, error) {
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
	return func(name string) string { return either(values[name], os.Getenv(name)) }, nil
}

// regionOf reads the region out of API Gateway's own host names.
func regionOf(host string) string {
	parts := strings.Split(host, ".")
	if len(parts) < 4 || parts[1] != "execute-api" {
		return ""
	}
	return parts[2]
}
