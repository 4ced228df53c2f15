package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"scimserver/shared/testkit/command"
)

// sam runs the SAM CLI against the emulator.
type sam struct {
	python string
	root   string
	env    []string
}

func (s sam) run(ctx context.Context, args ...string) error {
	cmd := command.Limited(ctx, 20*time.Minute, s.python, append([]string{"-m", "samcli"}, args...)...)
	cmd.Dir = s.root
	cmd.Env = append(os.Environ(), s.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("sam %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// build builds the functions for the architecture of this machine, because the emulator runs them as
// processes.
func (s sam) build(ctx context.Context, goarch, dir string) error {
	s.env = append(slices.Clone(s.env), "LAMBDA_GOARCH="+goarch)
	return s.run(ctx, "build", "--template", "template.yaml", "--build-dir", dir)
}

// pack uploads the code and the nested templates of a built template, and writes a template that
// refers to them. Without pack, sam deploy would upload them each time.
func (s sam) pack(ctx context.Context, built, packed string) error {
	return s.run(ctx, "package", "--template-file", built, "--output-template-file", packed, "--region", region,
		"--resolve-s3", "--no-progressbar")
}

// deploy deploys a packed template, and returns when the stack is complete or rolled back.
func (s sam) deploy(ctx context.Context, stack, template string, parameters map[string]string) error {
	args := []string{
		"deploy", "--template-file", template, "--stack-name", stack, "--region", region, "--resolve-s3",
		"--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND", "--no-confirm-changeset",
		"--no-progressbar", "--parameter-overrides",
	}
	for name, value := range parameters {
		args = append(args, name+"="+value)
	}
	return s.run(ctx, args...)
}

// remove deletes a stack, and returns when it is gone.
func remove(ctx context.Context, client *cloudformation.Client, stack string) error {
	if _, err := client.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: &stack}); err != nil {
		return err
	}
	wait := cloudformation.NewStackDeleteCompleteWaiter(
		client,
		func(o *cloudformation.StackDeleteCompleteWaiterOptions) {
			o.MinDelay, o.MaxDelay = time.Second, 2*time.Second
		},
	)
	return wait.Wait(ctx, &cloudformation.DescribeStacksInput{StackName: &stack}, 5*time.Minute)
}

// deployed describes a deployed stack.
type deployed struct {
	id         string // the last part of the stack's ARN
	api, admin string // the ids of the REST APIs
	status     types.StackStatus
}

// find describes a stack.
func find(ctx context.Context, client *cloudformation.Client, stack string) (deployed, error) {
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &stack})
	if err != nil {
		return deployed{}, err
	}
	if len(out.Stacks) != 1 {
		return deployed{}, errors.New("there is no stack " + stack)
	}
	arn := strings.Split(aws.ToString(out.Stacks[0].StackId), "/")
	d := deployed{id: arn[len(arn)-1], status: out.Stacks[0].StackStatus}
	for id, into := range map[string]*string{"Api": &d.api, "AdminApi": &d.admin} {
		in := &cloudformation.DescribeStackResourceInput{StackName: &stack, LogicalResourceId: &id}
		resource, err := client.DescribeStackResource(ctx, in)
		if err != nil {
			return d, err
		}
		*into = aws.ToString(resource.StackResourceDetail.PhysicalResourceId)
	}
	return d, nil
}

// variant makes a changed copy of a packed template, under another name in the same folder.
func variant(packed, name string, changes ...func(resources document)) (string, error) {
	data, err := os.ReadFile(packed)
	if err != nil {
		return "", err
	}
	file := filepath.Join(filepath.Dir(packed), name+".yaml")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return "", err
	}
	return file, rewrite(file, changes...)
}
