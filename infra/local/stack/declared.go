package stack

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"scimserver/infra/local/build"
	"scimserver/infra/local/dynamo"
	"scimserver/infra/local/eventbus"
	"scimserver/infra/local/lambda"
	"scimserver/infra/local/secrets"
	"scimserver/infra/local/template"
	"scimserver/shared/config"
	"scimserver/shared/testkit/charge"
	"scimserver/shared/testkit/ddblocal"
)

const (
	functionType = "AWS::Serverless::Function"
	accountID    = "000000000000"
)

// functionProperties are the properties of AWS::Serverless::Function that affect how it
// runs.
type functionProperties struct {
	CodeURI     string `json:"CodeUri"`
	Timeout     int
	MemorySize  int
	Environment struct{ Variables map[string]any }
	Policies    any
}

// readTemplate evaluates template.yaml and creates its functions, proxy and tables,
// without starting them.
func (s *Stack) readTemplate(ctx context.Context, module string) error {
	if s.options.Endpoint == "" {
		if err := localCredentials(); err != nil {
			return err
		}
	}
	var err error
	if s.account, err = awsconfig.LoadDefaultConfig(ctx); err != nil {
		return err
	}
	s.deployed = template.Deployment{
		StackName: s.options.Name, Region: s.account.Region, AccountID: accountID, Parameters: s.parameters(),
	}
	if s.template, err = template.Load(filepath.Join(module, "template.yaml"), s.deployed); err != nil {
		return err
	}
	if s.tables, err = dynamo.Tables(s.template); err != nil {
		return err
	}
	if err := s.startProxy(); err != nil {
		return err
	}
	secretsAt, err := s.startSecrets()
	if err != nil {
		return err
	}
	eventsAt, err := s.startEvents()
	if err != nil {
		return err
	}
	endpoints := []string{
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + secretsAt, "AWS_ENDPOINT_URL_EVENTBRIDGE=" + eventsAt,
	}
	if err := s.makeFunctions(endpoints); err != nil {
		return err
	}
	return s.readSources()
}

// parameters points the links in answers at this machine, unless a parameter is set.
func (s *Stack) parameters() map[string]string {
	all := map[string]string{"BaseUrl": fmt.Sprintf("http://%s/scim/v2", s.listener.Addr())}
	for name, value := range s.options.Parameters {
		all[name] = value
	}
	return all
}

func (s *Stack) makeFunctions(endpoints []string) error {
	for _, r := range s.template.OfType(functionType) {
		var p functionProperties
		if err := r.Decode(&p); err != nil {
			return err
		}
		policy, err := dynamo.ParsePolicies(p.Policies)
		if err != nil {
			return r.Errorf("%w", err)
		}
		s.proxy.Policies[r.ID] = policy
		s.functions[r.ID] = lambda.New(lambda.Config{
			Name:         filepath.Base(p.CodeURI),
			ARN:          r.ARN,
			Program:      build.Path(s.dir, p.CodeURI),
			Env:          append(s.environment(r, p), endpoints...),
			Timeout:      time.Duration(p.Timeout) * time.Second,
			MaxProcesses: s.options.MaxProcesses,
			Log:          s.options.Log,
		})
		if err := s.readSettings(p); err != nil {
			return r.Errorf("%w", err)
		}
	}
	return nil
}

// environment returns the environment of a process: the template's variables, and those
// that Lambda sets. The access key identifies the function to the proxy.
func (s *Stack) environment(r *template.Resource, p functionProperties) []string {
	env := []string{
		"AWS_ACCESS_KEY_ID=" + r.ID,
		"AWS_SECRET_ACCESS_KEY=local",
		"AWS_REGION=" + s.account.Region,
		"AWS_DEFAULT_REGION=" + s.account.Region,
		"AWS_ENDPOINT_URL_DYNAMODB=" + s.proxy.URL(),
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_LAMBDA_FUNCTION_NAME=" + r.PhysicalName,
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		fmt.Sprintf("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=%d", p.MemorySize),
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_FORMAT=JSON",
		"LAMBDA_TASK_ROOT=" + filepath.Dir(build.Path(s.dir, p.CodeURI)),
		"_HANDLER=bootstrap",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
		"PATH=/usr/local/bin:/usr/bin:/bin",
	}
	for name, value := range p.Environment.Variables {
		env = append(env, fmt.Sprintf("%s=%v", name, value))
	}
	// There are no API keys here: the tenants' records bound the requests.
	return append(env, "USAGE_PLAN=")
}

// readSettings reads the configuration that the functions share. The stack writes its
// first records under the same one.
func (s *Stack) readSettings(p functionProperties) (err error) {
	s.settings, err = config.Read(func(name string) string {
		value, set := p.Environment.Variables[name]
		if !set {
			return ""
		}
		return fmt.Sprint(value)
	})
	s.settings.BaseURL = strings.TrimSuffix(s.settings.BaseURL, "/")
	return err
}

// folders returns the folders of the functions' packages.
func (s *Stack) folders() ([]string, error) {
	var all []string
	for _, r := range s.template.OfType(functionType) {
		var p functionProperties
		if err := r.Decode(&p); err != nil {
			return nil, err
		}
		all = append(all, p.CodeURI)
	}
	return all, nil
}

func (s *Stack) startProxy() error {
	l, err := listen(0)
	if err != nil {
		return err
	}
	s.journal = s.newJournal()
	s.proxy = dynamo.NewProxy(l.Addr().String(), s.tables, s.account, s.wrap, s.options.Log)
	s.serve(l, s.proxy)
	return nil
}

// startSecrets serves the secrets of the template, and returns the endpoint.
func (s *Stack) startSecrets() (endpoint string, err error) {
	store, err := secrets.New(s.template, s.proxy.Policies)
	if err != nil {
		return "", err
	}
	return s.serveLocally(store)
}

// startEvents serves the event buses of the template, and returns the endpoint.
func (s *Stack) startEvents() (endpoint string, err error) {
	return s.serveLocally(eventbus.New(s.template, s.proxy.Policies, s.options.Log))
}

func (s *Stack) serveLocally(h http.Handler) (endpoint string, err error) {
	l, err := listen(0)
	if err != nil {
		return "", err
	}
	s.serve(l, h)
	return "http://" + l.Addr().String(), nil
}

// wrap wraps the transport from the proxy to the engine: it corrects what DynamoDB Local
// reports and stores, and applies the faults of a test. The journal is innermost, so it
// sees the calls and answers of the engine itself.
func (s *Stack) wrap(engine http.RoundTripper) http.RoundTripper {
	engine = s.journal.Watch(engine)
	if s.options.Endpoint == "" {
		engine = charge.Transactions(engine)
	}
	if s.options.DataDir != "" {
		engine = ddblocal.Committed(engine)
	}
	if s.options.Transport != nil {
		engine = s.options.Transport(engine)
	}
	return engine
}
