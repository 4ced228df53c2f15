// Package rehearsal deploys the service to MiniStack, an emulator of AWS, in the same way as to AWS.
// It uses, updates, removes and restores the service there. It needs no AWS account. gaps.go lists
// what it can't show.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"scimserver/infra/check/smoke"
	"scimserver/infra/check/venv"
)

const (
	stackName    = "scim-rehearsal"
	storageName  = "scim-storage"
	restoredName = "scim-restored"
	copyName     = "scim-copy" // the restored table
	tenantName   = "acme"
	baseURL      = "https://scim.example.com/scim/v2"
)

// rehearsal is a run, with the results of earlier steps.
type rehearsal struct {
	out      io.Writer
	emulator *emulator
	sam      sam
	door     *frontDoor
	stacks   *cloudformation.Client
	apis     *apigateway.Client
	tables   *dynamodb.Client
	operator smoke.Operator
	template string // the built and packed template, changed for the emulator
	storage  string // the built template of the table

	table                string // the table of the storage stack, and later the copy
	stream               string
	oldTable, copyStream string
	now                  deployed
	token                string       // a bearer token that is older than the second deployment
	managed              smoke.Client // with an access token from client credentials
}

// step is one step of the rehearsal. It returns what it saw.
type step struct {
	name string
	run  func(context.Context) (string, error)
}

// errSkipped is wrapped by the error of a step that the emulator can't carry out.
var errSkipped = errors.New("skipped")

// Run rehearses the deployment of the project in root, and writes a line for each step to out. It
// ends at the first step that fails.
func Run(ctx context.Context, out io.Writer, root string) error {
	dir, err := os.MkdirTemp("", "rehearsal-")
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "files of this rehearsal:", dir)
	r := &rehearsal{out: out, template: filepath.Join(dir, "packed.yaml")}
	defer r.close()
	if err := r.prepare(ctx, root, dir); err != nil {
		return err
	}
	if err := r.steps(ctx); err != nil {
		return fmt.Errorf("%w\nthe files are kept in %s", err, dir)
	}
	return os.RemoveAll(dir)
}

func (r *rehearsal) close() {
	if r.door != nil {
		r.door.close()
	}
	if r.emulator != nil {
		r.emulator.stop()
	}
}

// prepare starts the emulator and builds the project.
func (r *rehearsal) prepare(ctx context.Context, root, dir string) error {
	python, err := venv.Python(ctx, venv.SAM())
	if err != nil {
		return err
	}
	if r.emulator, err = startEmulator(ctx, dir); err != nil {
		return err
	}
	r.sam = sam{python: python, root: root, env: r.emulator.environment()}
	if r.door, err = openFrontDoor(r.emulator); err != nil {
		return err
	}
	cfg := r.emulator.config()
	r.stacks = cloudformation.NewFromConfig(cfg)
	r.apis = apigateway.NewFromConfig(cfg)
	r.tables = dynamodb.NewFromConfig(cfg)
	built := filepath.Join(dir, "built")
	r.storage = filepath.Join(built, "Storage", "template.yaml")
	if err := r.sam.build(ctx, runtime.GOARCH, built); err != nil {
		return err
	}
	if err := bridge(built); err != nil {
		return err
	}
	if err := r.sam.pack(ctx, filepath.Join(built, "template.yaml"), r.template); err != nil {
		return err
	}
	if err := rewrite(r.template, nestFiles(built)); err != nil {
		return err
	}
	r.operator, err = smoke.BuildOperator(ctx, root, filepath.Join(dir, "scimctl"),
		append(r.emulator.environment(), "ADMIN_URL="+r.door.url+"/admin")...)
	return err
}

func (r *rehearsal) steps(ctx context.Context) error {
	begin, skips := time.Now(), 0
	all := r.plan()
	for n, s := range all {
		start := time.Now()
		result, err := s.run(ctx)
		verdict := "ok"
		switch {
		case errors.Is(err, errSkipped):
			skips++
			verdict, result = "SKIPPED", err.Error()
		case err != nil:
			verdict, result = "FAILED", ""
		}
		fmt.Fprintf(r.out, "%2d/%d %-52s %5.1fs  %-7s %s\n",
			n+1, len(all), s.name, time.Since(start).Seconds(), verdict, result)
		if verdict == "FAILED" {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	fmt.Fprintf(r.out, "rehearsed: %d steps, %d of them skipped, %s\n",
		len(all), skips, time.Since(begin).Round(time.Second))
	return nil
}
