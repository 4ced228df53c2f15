// Command local runs the whole service on this machine, from the template that
// is deployed: go run ./infra/local. It needs Go and npm, and Java 17 or newer or
// else Python 3 with pip, which fetches a Java runtime.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"scimserver/infra/local/stack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o := stack.Options{Log: os.Stderr, Progress: os.Stderr, Endpoint: os.Getenv("DYNAMODB_ENDPOINT"), Lasting: true}
	flags := flag.NewFlagSet("local", flag.ExitOnError)
	flags.IntVar(&o.Port, "port", 8080, "port of the API; 0 for a free one")
	flags.IntVar(&o.AdminPort, "admin-port", 0, "port of the operator API; 0 for a free one")
	flags.StringVar(&o.DataDir, "data", "", "folder that keeps the table, without its stream; in memory without it")
	flags.IntVar(&o.MaxProcesses, "max-processes", 16, "most processes of each function")
	envFile := flags.String(
		"env-file",
		"",
		"file to write SCIM_URL=, SCIM_TOKEN= and what scimctl needs to, once the stack is ready",
	)
	_ = flags.Parse(args)
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is no flag: see go run ./infra/local -help", flags.Arg(0))
	}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go endWithGoRun(ctx, cancel)
	if err := removeOld(*envFile); err != nil {
		return err
	}
	s, err := stack.Start(ctx, o)
	if err != nil && ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return err
	}
	defer s.Stop()
	if err := announce(s, *envFile); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// announce says where the service is and how to call it.
func announce(s *stack.Stack, envFile string) error {
	if envFile != "" {
		if err := writeWhole(envFile, environment(s)); err != nil {
			return err
		}
	}
	_, err := fmt.Printf(`Base URL  %[1]s
Token     %[2]s
Try       %[4]s
Operate   %[3]s go run ./infra/scimctl tenant list
Ctrl-C stops the service.
`, s.BaseURL(), s.Token(), strings.Join(strings.Fields(operation(s)), " "), createUser(s))
	return err
}

// createUser returns a curl command that creates a user.
func createUser(s *stack.Stack) string {
	return "curl -sS " + s.BaseURL() + "/Users -H 'Authorization: Bearer " + s.Token() + "'" +
		" -H 'Content-Type: application/scim+json'" +
		` -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"try@example.com"}'`
}

// environment is what scripts need to know, as NAME=value lines.
func environment(s *stack.Stack) string {
	return fmt.Sprintf("SCIM_URL=%s\nSCIM_TOKEN=%s\n%sTABLE_NAME=%s\nAWS_ENDPOINT_URL_DYNAMODB=%s\n",
		s.BaseURL(), s.Token(), operation(s), s.TableName(), s.EngineEndpoint())
}

// operation is the part of the environment that scimctl needs.
func operation(s *stack.Stack) string {
	key := s.Operator()
	return fmt.Sprintf("ADMIN_URL=%s\nADMIN_ACCESS_KEY_ID=%s\nADMIN_SECRET_ACCESS_KEY=%s\nADMIN_REGION=%s\n",
		s.AdminURL(), key.AccessKeyID, key.SecretAccessKey, s.Region())
}

// removeOld removes the file of an earlier run, so that a script that waits for the file does not find the old one.
func removeOld(path string) error {
	if path == "" {
		return nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the old env file: %w", err)
	}
	return nil
}

// writeWhole makes the file appear with all its content, for scripts that wait for it.
func writeWhole(path, text string) error {
	part := path + ".part"
	if err := os.WriteFile(part, []byte(text), 0o600); err != nil {
		return fmt.Errorf("write the env file: %w", err)
	}
	return os.Rename(part, path)
}

// endWithGoRun ends the stack when the `go run` that started it is gone: a
// signal other than Ctrl-C ends that command, but not the program that it runs.
func endWithGoRun(ctx context.Context, end func()) {
	program, err := os.Executable()
	if err != nil || !strings.Contains(filepath.ToSlash(program), "/go-build") {
		return
	}
	for parent := os.Getppid(); ctx.Err() == nil && os.Getppid() == parent; {
		time.Sleep(200 * time.Millisecond)
	}
	end()
}
