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

// Options say how a stack runs. The zero value is one in memory on a free port.
type Options struct {
	Port      int // of the API; a free one when 0
	AdminPort int // of the operator API; a free one when 0
	// DataDir keeps the table; it is in memory when empty. The table's stream is
	// not kept, and the schedule knows only what the stream told of: a change that
	// Stop cuts off is finished by the next write to its resource.
	DataDir      string
	Endpoint     string            // of another DynamoDB engine, or the service itself; else DynamoDB Local is started
	Name         string            // of the deployed stack, which its table is named after; scim-local when empty
	Parameters   map[string]string // of the template, in place of its defaults
	MaxProcesses int               // of each function; 16 when 0
	Profile      tenant.Profile    // of the first tenant; generic when empty
	Log          io.Writer         // what the functions print; discarded when nil
	Progress     io.Writer         // a line before each step of the start that may take long; none when nil
	// Transport wraps the connection between the functions and the engine, so
	// that tests can put faults there. Caller tells whose call it is.
	Transport func(http.RoundTripper) http.RoundTripper
	// NoStream keeps the table's stream from the functions, and NoSchedule keeps
	// time from passing for them; Invoke and RunSchedules call them all the same.
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
	engine    *dynamo.Engine // nil with an engine that is not ours
	seeds     seeds

	journal    *journal.Journal // of what the functions write
	sources    *eventsource.Sources
	feeding    sync.WaitGroup // streams and schedules
	endSources context.CancelFunc

	listener  net.Listener
	operators net.Listener    // of the operator API
	operator  aws.Credentials // that sign requests to it
	servers   []*http.Server
	stopOnce  sync.Once
}

const (
	defaultName      = "scim-local"
	defaultProcesses = 16
)

// Start returns when the stack can be used. Whatever it started is gone when it
// returns an error.
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

// serveAPIs serves what the template declares: the service, and the API for its operators.
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

// Caller is the logical id of the function that makes a call which passes Options.Transport.
func Caller(r *http.Request) string { return dynamo.Caller(r.Context()) }

// BaseURL is the base URL of the SCIM service.
func (s *Stack) BaseURL() string { return s.settings.BaseURL }

// Token is a bearer token of the first tenant.
func (s *Stack) Token() string { return s.token }

// AdminURL is the URL of the operator API.
func (s *Stack) AdminURL() string { return "http://" + s.operators.Addr().String() }

// Operator is the key pair that signs requests to the operator API.
func (s *Stack) Operator() aws.Credentials { return s.operator }

// Region is where the stack pretends to run.
func (s *Stack) Region() string { return s.account.Region }

// TableName is the name of the table.
func (s *Stack) TableName() string { return s.settings.Table }

// EngineEndpoint is the URL of the DynamoDB engine itself, past the policies
// and faults that the functions meet; "" while it restarts.
func (s *Stack) EngineEndpoint() string { return s.proxy.Endpoint() }

// EnginePid is the process id of the engine; 0 when it is not ours.
func (s *Stack) EnginePid() int {
	if s.engine == nil {
		return 0
	}
	return s.engine.Pid()
}

// Invoke hands an event to a function, named by its logical id, as `sam local
// invoke` would; the error of the function is a *lambda.Error.
func (s *Stack) Invoke(ctx context.Context, function string, event []byte) ([]byte, error) {
	return s.functions[function].Invoke(ctx, event)
}

// Pids lists the processes of a function, named by its logical id.
func (s *Stack) Pids(function string) []int { return s.functions[function].Pids() }

// Kill ends the processes of a function, as crashes would, and says how many.
func (s *Stack) Kill(function string) int { return s.functions[function].Kill() }

// Stop ends the stack and returns when none of its processes is left.
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
