package stack

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"scimserver/infra/local/build"
	"scimserver/infra/local/dynamo"
)

// buildAndStore compiles the functions while the engine starts.
func (s *Stack) buildAndStore(ctx context.Context, module string) error {
	folders, err := s.folders()
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.options.Progress, "building the %d functions (up to a minute the first time)\n", len(folders))
	built := make(chan error, 1)
	building, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { built <- build.Programs(building, module, folders, s.dir) }()
	if err := s.startEngine(ctx); err != nil {
		cancel()
		<-built
		return err
	}
	return <-built
}

func (s *Stack) startEngine(ctx context.Context) error {
	running := cmp.Or(s.options.Endpoint, s.options.Engine)
	if running == "" {
		s.engine = &dynamo.Engine{
			Prepare: s.prepare, Ready: s.proxy.Serve, DataDir: s.options.DataDir, Lasting: s.options.Lasting,
			Log: s.options.Log, Progress: s.options.Progress,
		}
		return s.engine.Start(ctx)
	}
	if err := s.prepare(ctx, running); err != nil {
		return err
	}
	s.proxy.Serve(running)
	return nil
}

// prepare creates the table that the template declares and stores the first tenants.
func (s *Stack) prepare(ctx context.Context, endpoint string) error {
	db := dynamodb.NewFromConfig(s.account, func(o *dynamodb.Options) {
		o.BaseEndpoint = aws.String(endpoint)
		o.DisableValidateResponseChecksum = true // it logs a warning for each error response
	})
	for _, t := range s.tables {
		if err := t.Create(ctx, db); err != nil {
			return err
		}
	}
	s.seeds.mu.Lock()
	defer s.seeds.mu.Unlock()
	for _, one := range s.seeds.all {
		if err := s.plant(ctx, endpoint, one); err != nil {
			return err
		}
	}
	return nil
}

// localCredentials are for the SDK's signatures: DynamoDB Local checks only the form of a
// key.
func localCredentials() error {
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-central-1",
	} {
		if os.Getenv(name) != "" {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}
