package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"scimserver/infra/check/venv"
	"scimserver/shared/testkit/command"
)

const (
	region    = "eu-central-1"
	accessKey = "test" // the emulator checks no signatures
)

// emulator is a running MiniStack.
type emulator struct {
	port    int
	url     string
	logFile string
	process *exec.Cmd
	ended   chan struct{}
}

// startEmulator starts MiniStack on a free port, with its files in dir.
func startEmulator(ctx context.Context, dir string) (*emulator, error) {
	python, err := venv.Python(ctx, venv.MiniStack())
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	e := &emulator{
		port: port, url: fmt.Sprintf("http://127.0.0.1:%d", port),
		logFile: filepath.Join(dir, "emulator.log"), ended: make(chan struct{}),
	}
	log, err := os.Create(e.logFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	e.process = command.New(ctx, python, "-m", "ministack")
	e.process.Dir = dir
	e.process.Stdout, e.process.Stderr = log, log
	e.process.Env = append(os.Environ(), append(e.environment(),
		fmt.Sprintf("GATEWAY_PORT=%d", port), "BIND_HOST=127.0.0.1", "MINISTACK_REGION="+region, "TMPDIR="+dir,
		"IOT_MTLS_ENABLED=0")...) // otherwise it listens on a further port
	e.process.Cancel = func() error { return e.process.Process.Signal(syscall.SIGTERM) }
	e.process.WaitDelay = 10 * time.Second
	if err := e.process.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(e.ended)
		_ = e.process.Wait()
	}()
	return e, e.ready(ctx)
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// ready waits until the emulator answers.
func (e *emulator) ready(ctx context.Context) error {
	const limit = 5 * time.Minute
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the emulator was not ready within %v (%w); its log is %s", limit, ctx.Err(), e.logFile)
		case <-e.ended:
			return errors.New("the emulator ended; its log is " + e.logFile)
		case <-time.After(200 * time.Millisecond):
		}
		if e.answers(ctx) {
			return nil
		}
	}
}

func (e *emulator) answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+"/_ministack/health", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}

// stop ends the emulator and the functions that it runs.
func (e *emulator) stop() {
	_ = e.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.ended:
	case <-time.After(15 * time.Second):
		_ = e.process.Process.Kill()
		<-e.ended
	}
}

// environment returns the variables that make the SDKs and the SAM CLI use the emulator. Functions
// get them too.
func (e *emulator) environment() []string {
	return []string{
		"AWS_ENDPOINT_URL=" + e.url, "AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region,
		"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + accessKey,
		"AWS_EC2_METADATA_DISABLED=true", "SAM_CLI_TELEMETRY=0", "SAM_CLI_CHECK_UPDATES=0",
	}
}

// config returns the SDK's configuration for the emulator.
func (e *emulator) config() aws.Config {
	key := aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: accessKey}
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(e.url),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return key, nil }),
	}
}
