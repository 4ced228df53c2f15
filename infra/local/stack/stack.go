// Package stack is the whole service on one machine: the API, the functions and
// the table that template.yaml declares. Command local runs it; the end-to-end
// tests start their own:
//
//	s, err := stack.Start(ctx, stack.Options{Log: os.Stderr})
//	defer s.Stop()
//	// requests to s.BaseURL() with s.Token()
package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"scimserver/infra/local/apigateway"
	"scimserver/infra/local/build"
	"scimserver/infra/local/dynamo"
	"scimserver/infra/local/eventsource"
	"scimserver/infra/local/journal"
	"scimserver/infra/local/lambda"
	"scimserver/infra/local/template"
	"scimserver/shared/config"
	"scimserver/shared/tenant"
)

// Options configure a stack. The zero value is a stack in memory on a free port.
type Options struct {
	Port      int // of the API; 0 chooses a free one
	AdminPort int // of the operator API; 0 chooses a free one
	// DataDir is the folder that stores the table, "" for a table in memory. The stream is
	// not stored, and a schedule finds only changes that were in the stream. If Stop
	// interrupts a change, the next write to the resource finishes it.
	DataDir      string
	Lasting      bool              // DynamoDB Local starts more slowly, and is faster after a minute
	Endpoint     string            // of another DynamoDB engine, or DynamoDB itself; "" starts DynamoDB Local
	Engine       string            // URL of a DynamoDB Local that other stacks use, too; "" starts one
	Name         string            // of the deployed stack, part of the table's name; default scim-local
	Parameters   map[string]string // of the template; others have their defaults
	MaxProcesses int               // of each function; default 16
	Profile      tenant.Profile    // of the first tenant; default generic
	Log          io.Writer         // for the output of the functions; nil discards it
	Progress     io.Writer         // for a line before each slow step of the start; may be nil
	// Transport wraps the transport between the functions and the engine, so that tests
	// can inject faults. The function Caller tells who makes a call.
	Transport func(http.RoundTripper) http.RoundTripper
	// NoStream and NoSchedule switch off the table's stream and the schedules. Invoke and
	// RunSchedules work all the same.
	NoStream, NoSchedule bool
}

// Stack is a running stack.
type Stack struct {
	options  Options
	dir      string // of the built functions
	settings config.Config
	token    string

	template  *template.Stack
	deployed  template.Deployment
	account   aws.Config
	tables    []*dynamo.Table
	functions map[string]*lambda.Function // by logical id
	proxy     *dynamo.Proxy
	engine    *dynamo.Engine // nil with Options.Endpoint or Options.Engine
	seeds     seeds

	journal    *journal.Journal // of the writes of the functions
	sources    *eventsource.Sources
	feeding    sync.WaitGroup // streams and schedules
	endSources context.CancelFunc

	listener  net.Listener
	operators net.Listener    // of the operator API
	operator  aws.Credentials // for requests to the operator API
	servers   []*http.Server
	stopOnce  sync.Once
}

const (
	defaultName      = "scim-local"
	defaultProcesses = 16
)

// Start returns when the stack is ready. If it returns an error, it has ended everything
// that it started.
func Start(ctx context.Context, o Options) (*Stack, error) {
	s := &Stack{options: o.withDefaults(), functions: map[string]*lambda.Function{}}
	if err := s.start(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func (o Options) withDefaults() Options {
	if o.Name == "" {
		o.Name = defaultName
	}
	if o.MaxProcesses == 0 {
		o.MaxProcesses = defaultProcesses
	}
	if o.Profile == "" {
		o.Profile = tenant.Generic
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	o.Log = &serial{out: o.Log}
	return o
}

func (s *Stack) start(ctx context.Context) error {
	if s.options.DataDir != "" && s.options.Endpoint != "" {
		return errors.New(
			"-data is a folder of DynamoDB Local and DYNAMODB_ENDPOINT names another engine: use one of them",
		)
	}
	if err := build.Check(); err != nil {
		return err
	}
	module, err := moduleRoot()
	if err != nil {
		return err
	}
	if s.listener, err = listen(s.options.Port); err != nil {
		return err
	}
	if s.operators, err = listen(s.options.AdminPort); err != nil {
		return err
	}
	s.operator = newOperator()
	if s.dir, err = os.MkdirTemp("", "scim-local-"); err != nil {
		return err
	}
	if err := s.readTemplate(ctx, module); err != nil {
		return err
	}
	first := s.add(firstTenant(s.options.Profile))
	if err := s.buildAndStore(ctx, module); err != nil {
		return err
	}
	s.token = first.token
	if err := s.serveAPIs(); err != nil {
		return err
	}
	s.feed(ctx)
	return nil
}

// serveAPIs serves the SCIM API and the operator API of the template.
func (s *Stack) serveAPIs() error {
	invoke := func(id string) apigateway.Function { return s.functions[id] }
	api, err := apigateway.New(s.template, s.deployed, "Api", invoke)
	if err != nil {
		return err
	}
	operators, err := apigateway.New(s.template, s.deployed, "AdminApi", invoke)
	if err != nil {
		return err
	}
	operators.Operator = s.operator
	api.Limits = s.limits()
	s.serve(s.listener, api)
	s.serve(s.operators, operators)
	return nil
}

// Caller returns the logical id of the function that makes a call, for Options.Transport.
func Caller(r *http.Request) string { return dynamo.Caller(r.Context()) }

// BaseURL is the base URL of the SCIM service.
func (s *Stack) BaseURL() string { return s.settings.BaseURL }

// Token is a bearer token of the first tenant.
func (s *Stack) Token() string { return s.token }

// AdminURL is the URL of the operator API.
func (s *Stack) AdminURL() string { return "http://" + s.operators.Addr().String() }

// Operator is the key pair that signs requests to the operator API.
func (s *Stack) Operator() aws.Credentials { return s.operator }

// Region is the AWS region in the stack's ARNs.
func (s *Stack) Region() string { return s.account.Region }

// TableName is the name of the table.
func (s *Stack) TableName() string { return s.settings.Table }

// EngineEndpoint returns the URL of the DynamoDB engine itself, without the policies and
// faults of the proxy; "" while it restarts.
func (s *Stack) EngineEndpoint() string { return s.proxy.Endpoint() }

// EnginePid returns the process id of the engine, 0 if it was not started by the stack.
func (s *Stack) EnginePid() int {
	if s.engine == nil {
		return 0
	}
	return s.engine.Pid()
}

// Invoke sends an event to a function, named by its logical id, as `sam local invoke`
// would. If the function fails, the error is a *lambda.Error.
func (s *Stack) Invoke(ctx context.Context, function string, event []byte) ([]byte, error) {
	return s.functions[function].Invoke(ctx, event)
}

// Pids returns the process ids of a function, named by its logical id.
func (s *Stack) Pids(function string) []int { return s.functions[function].Pids() }

// Kill ends the processes of a function, as crashes would, and returns their number.
func (s *Stack) Kill(function string) int { return s.functions[function].Kill() }

// Stop ends the stack and returns when all its processes have ended.
func (s *Stack) Stop() {
	s.stopOnce.Do(func() {
		s.stopSources()
		for _, server := range s.servers {
			_ = server.Close()
		}
		for _, l := range []net.Listener{s.listener, s.operators} {
			if l != nil {
				_ = l.Close()
			}
		}
		var wg sync.WaitGroup
		for _, f := range s.functions {
			wg.Go(f.Stop)
		}
		if s.engine != nil {
			wg.Go(s.engine.Stop)
		}
		wg.Wait()
		_ = os.RemoveAll(s.dir)
	})
}

func (s *Stack) serve(l net.Listener, h http.Handler) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet()}
	s.servers = append(s.servers, server)
	go func() { _ = server.Serve(l) }()
}

func listen(port int) (net.Listener, error) {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d is taken: choose another one with go run ./infra/local -port %d", port, port+1)
	}
	return l, err
}

// moduleRoot is the folder of go.mod, at or above the working directory.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod here or above: run the local stack inside the repository")
		}
		dir = filepath.Dir(dir)
	}
}
