package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// Operator runs scimctl against an operator API.
type Operator struct {
	Program string   // the built scimctl
	Env     []string // ADMIN_URL and variables for the AWS SDK, in addition to this process's environment
}

// BuildOperator builds scimctl from the project in root.
func BuildOperator(ctx context.Context, root, program string, env ...string) (Operator, error) {
	build := command.Limited(ctx, 5*time.Minute, "go", "build", "-o", program, "./infra/scimctl")
	build.Dir = root
	if printed, err := build.CombinedOutput(); err != nil {
		return Operator{}, fmt.Errorf("build scimctl: %w\n%s", err, printed)
	}
	return Operator{Program: program, Env: env}, nil
}

// Run runs a command and returns what it prints.
func (o Operator) Run(ctx context.Context, args ...string) (string, error) {
	cmd := command.Limited(ctx, 5*time.Minute, o.Program, args...)
	cmd.Env = append(os.Environ(), o.Env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("scimctl %s: %w: %s", strings.Join(args, " "), err, &stderr)
	}
	return string(out), nil
}

// Credential is a credential that scimctl has created.
type Credential struct{ ClientID, Secret string }

// Issue creates a credential of a tenant.
func (o Operator) Issue(ctx context.Context, tenant string, flags ...string) (c Credential, err error) {
	out, err := o.Run(ctx, append([]string{"credential", "create", tenant, "-json"}, flags...)...)
	if err == nil {
		err = json.Unmarshal([]byte(out), &c)
	}
	return c, err
}

// createTenant creates a tenant. It returns an error if the tenant got no API key of its own.
func (o Operator) createTenant(ctx context.Context, id string) error {
	out, err := o.Run(ctx, "tenant", "create", id, "-json")
	if err != nil {
		return err
	}
	var made struct{ Warning string }
	if err := json.Unmarshal([]byte(out), &made); err != nil {
		return err
	}
	if made.Warning != "" {
		return errors.New(made.Warning)
	}
	return nil
}

// clientToken gets an access token for a new client of a tenant.
func (o Operator) clientToken(ctx context.Context, c Client, tenant string) (string, error) {
	made, err := o.Issue(ctx, tenant, "-client")
	if err != nil {
		return "", err
	}
	return c.AccessToken(ctx, made.ClientID, made.Secret)
}

// streamWait is how long the stream may take to reach the provisioning log and the events.
const streamWait = 2 * time.Minute

// AwaitLog waits for an entry about a user in a tenant's provisioning log. A function writes it from
// the table's stream.
func (o Operator) AwaitLog(ctx context.Context, tenant, user string) error {
	return o.await(ctx, "the provisioning log", user, "log", tenant, "-user", user)
}

// AwaitEvent waits for an event about a user in a tenant's feed. The same function writes it.
func (o Operator) AwaitEvent(ctx context.Context, tenant, user string) error {
	return o.await(ctx, "the feed of events", user, "event", "list", tenant, "-limit", "0")
}

// await repeats a command until it prints the user.
func (o Operator) await(ctx context.Context, place, user string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, streamWait)
	defer cancel()
	for {
		out, err := o.Run(ctx, args...)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%s has nothing about %s after %s", place, user, streamWait)
		case err != nil:
			return err
		case strings.Contains(out, user):
			return nil
		}
		time.Sleep(time.Second)
	}
}
