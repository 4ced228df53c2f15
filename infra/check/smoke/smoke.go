package smoke

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options tell which deployed service to test.
type Options struct {
	URL      string // the stack's output BaseUrl, which ends in /scim/v2
	Token    string // a bearer token with the scope write; may be empty if AdminURL is set
	AdminURL string // the stack's output AdminUrl; if empty, the operator API is not tested
	Root     string // the folder of the project, where scimctl is built
	Runbook  string // the path of the runbook
	Env      []string
}

// leaveTime bounds the time for cleaning up. A tenant's deletion waits until its tokens have left the
// authorizer's cache.
const leaveTime = 5 * time.Minute

// run is one smoke test.
type run struct {
	Options
	out    io.Writer
	failed int
}

// Run tests the service, writes a line for each check to out, and deletes what it has created. The
// error says how many checks failed.
func Run(ctx context.Context, out io.Writer, o Options) error {
	base, ends := strings.CutSuffix(strings.TrimSuffix(o.URL, "/"), "/scim/v2")
	if !ends {
		return fmt.Errorf("-url %q does not end in /scim/v2: give it the stack's output BaseUrl", o.URL)
	}
	if o.Token == "" && o.AdminURL == "" {
		return errors.New("the token is missing: set -token or SCIM_TOKEN, or -admin-url to create one")
	}
	r := &run{Options: o, out: out}
	name := "smoke-" + strings.ToLower(rand.Text()[:10])
	if o.Token != "" {
		r.visit(ctx, Client{Base: base, Token: o.Token}, name)
		fmt.Fprintln(out, "For 90 days, the tenant keeps log entries about "+name+" and a conflict.")
	}
	if o.AdminURL != "" {
		if err := r.visitTenant(ctx, base, name+"-own"); err != nil {
			return err
		}
	}
	if r.failed > 0 {
		return fmt.Errorf("%d checks failed", r.failed)
	}
	fmt.Fprintln(out, "The service works.")
	return nil
}

// try carries out a check and reports whether it succeeded.
func (r *run) try(ctx context.Context, c Check) bool {
	err := c.Run(ctx)
	if err == nil {
		fmt.Fprintln(r.out, "ok      "+c.Name)
		return true
	}
	r.failed++
	fmt.Fprintf(r.out, "FAILED  %s\n        %v\n        What to do: %s#%s\n", c.Name, err, r.Runbook, c.Page)
	return false
}

// visit carries out the checks of a visit. They depend on each other, so visit ends at the first
// failure.
func (r *run) visit(ctx context.Context, c Client, name string) {
	v := NewVisit(c, name)
	for _, check := range v.Checks() {
		if !r.try(ctx, check) {
			break
		}
	}
	// Clean up even after an interruption.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	r.try(ctx, Check{"delete the group and the user", "a-provider-reports-5xx", v.Leave})
}

// visitTenant creates a tenant, visits it with a token from client credentials, and deletes it.
func (r *run) visitTenant(ctx context.Context, base, name string) error {
	dir, err := os.MkdirTemp("", "smoke-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o, err := BuildOperator(ctx, r.Root, filepath.Join(dir, "scimctl"), append(r.Env, "ADMIN_URL="+r.AdminURL)...)
	if err != nil {
		return err
	}
	if !r.try(ctx, Check{"operator API: create the tenant " + name, "apikeymissing", func(ctx context.Context) error {
		return o.createTenant(ctx, name)
	}}) && !r.try(ctx, Check{"operator API: show the tenant", "the-smoke-test-fails", func(ctx context.Context) error {
		_, err := o.Run(ctx, "tenant", "show", name)
		return err
	}}) {
		return nil
	}
	r.visitWithClient(ctx, o, base, name)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTime)
	defer cancel()
	deleteTenant := func(ctx context.Context) error {
		_, err := o.Run(ctx, "tenant", "delete", name, "-confirm", name)
		return err
	}
	r.try(ctx, Check{
		"delete the tenant (this waits for the authorizer's cache)", "the-smoke-test-fails", deleteTenant,
	})
	return nil
}

func (r *run) visitWithClient(ctx context.Context, o Operator, base, tenant string) {
	c := Client{Base: base}
	for _, check := range []Check{
		{"get an access token with client credentials", "authorizerfailures", func(ctx context.Context) (err error) {
			c.Token, err = o.clientToken(ctx, c, tenant)
			return err
		}},
		{"the token works within a minute", "the-smoke-test-fails", func(ctx context.Context) error {
			return c.awaitAccess(ctx)
		}},
	} {
		if !r.try(ctx, check) {
			return
		}
	}
	r.visit(ctx, c, tenant)
	r.try(ctx, Check{"the stream reaches the provisioning log", "streambehind", func(ctx context.Context) error {
		return o.AwaitLog(ctx, tenant, tenant+"@example.com")
	}})
	r.try(ctx, Check{"the change is an event in the tenant's feed", "streambehind", func(ctx context.Context) error {
		return o.AwaitEvent(ctx, tenant, tenant+"@example.com")
	}})
}
