// Package awsenv makes the configuration of an AWS client from the environment of a
// Lambda function. It takes the place of the SDK's own loader, which also brings shared
// configuration files, single sign-on and the instance metadata service: a function
// needs none of them, and each makes its start slower.
package awsenv

import (
	"cmp"
	"context"
	"errors"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Config returns the configuration for clients of a service. service is the name in
// AWS_ENDPOINT_URL_<service>, such as DYNAMODB. The variables are those that Lambda sets:
// AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; AWS_ENDPOINT_URL
// and AWS_ENDPOINT_URL_<service> replace the service's own endpoint.
// See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html and
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html.
func Config(service string) (aws.Config, error) {
	cfg := aws.Config{
		Region:      cmp.Or(os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION")),
		Credentials: aws.CredentialsProviderFunc(credentials),
	}
	if cfg.Region == "" {
		return cfg, errors.New("AWS_REGION is not set")
	}
	if url := cmp.Or(os.Getenv("AWS_ENDPOINT_URL_"+service), os.Getenv("AWS_ENDPOINT_URL")); url != "" {
		cfg.BaseEndpoint = &url
	}
	return cfg, nil
}

// credentials reads the keys of the function's role. Lambda sets them for the life of
// the process.
func credentials(context.Context) (aws.Credentials, error) {
	c := aws.Credentials{
		AccessKeyID:     os.Getenv("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    os.Getenv("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	if !c.HasKeys() {
		return c, errors.New("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
	}
	return c, nil
}
