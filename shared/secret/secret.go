// Package secret reads the deployment's signing secret from AWS Secrets Manager.
package secret

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"scimserver/shared/accesstoken"
	"scimserver/shared/awsenv"
)

// stages are the labels of the valid versions, the newest first.
var stages = []string{"AWSCURRENT", "AWSPREVIOUS"}

// Open returns a function that reads the valid versions of the secret with an ARN. Endpoint and
// credentials come from the environment.
func Open(id string) (func(context.Context) ([]accesstoken.Version, error), error) {
	if id == "" {
		return nil, errors.New("SIGNING_SECRET is not set; it must be the ARN of a secret")
	}
	cfg, err := awsenv.Config("SECRETS_MANAGER")
	if err != nil {
		return nil, err
	}
	client := secretsmanager.NewFromConfig(cfg)
	return func(ctx context.Context) (all []accesstoken.Version, err error) {
		for _, stage := range stages {
			out, err := client.GetSecretValue(
				ctx,
				&secretsmanager.GetSecretValueInput{SecretId: &id, VersionStage: &stage},
			)
			if _, ok := errors.AsType[*types.ResourceNotFoundException](err); ok && len(all) > 0 {
				break // a secret that never changed has no previous version
			}
			if err != nil {
				return nil, fmt.Errorf("read the signing secret: %w", err)
			}
			all = append(
				all,
				accesstoken.Version{Text: aws.ToString(out.SecretString), Created: aws.ToTime(out.CreatedDate)},
			)
		}
		return all, nil
	}, nil
}
