package example_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/command"
)

// program is the example application: a process that a test can kill and start again on
// the same database.
type program struct {
	testing.TB
	binary string
	args   []string
	env    []string

	mu  sync.Mutex
	cmd *exec.Cmd
	url string // of its page
	log e2e.Log
}

// build builds a program of the example's module.
func build(tb testing.TB, folder string) string {
	tb.Helper()
	binary := filepath.Join(tb.TempDir(), "program")
	cmd := command.Limited(tb.Context(), 5*time.Minute, "go", "build", "-o", binary, folder)
	cmd.Dir = filepath.Join(testkit.ModuleRoot(tb), "infra", "example")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("build %s: %v\n%s", folder, err, out)
	}
	return binary
}

// newProgram returns the application for a stack. It is not started yet.
func newProgram(tb testing.TB, s *stack.Stack) *program {
	tb.Helper()
	key := s.Operator()
	p := &program{TB: tb, binary: build(tb, ".")}
	p.env = append(os.Environ(), "ADMIN_URL="+s.AdminURL(), "ADMIN_REGION="+s.Region(),
		"ADMIN_ACCESS_KEY_ID="+key.AccessKeyID, "ADMIN_SECRET_ACCESS_KEY="+key.SecretAccessKey)
	p.args = []string{"-db", filepath.Join(tb.TempDir(), "example.db"),
		"-roles", filepath.Join(testkit.ModuleRoot(tb), "infra", "example", "roles.json")}
	tb.Cleanup(p.kill)
	return p
}

var pageAddress = regexp.MustCompile(`http://\S+`)

// start starts the program and returns when it serves its page.
func (p *program) start() {
	p.Helper()
	cmd := command.New(context.Background(), p.binary, append([]string{"-listen", "127.0.0.1:0"}, p.args...)...)
	cmd.Env, cmd.Stderr = p.env, &p.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	line, err := command.Line(cmd, bufio.NewScanner(out), 2*time.Minute)
	if err != nil {
		p.Fatalf("%v\n%s", err, p.log.String())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cmd, p.url = cmd, pageAddress.FindString(line)
}

// kill ends the program without warning, as a crash does.
func (p *program) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.cmd = nil
	}
}

func (p *program) page() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url
}

// contents are what the program prints with -print.
type contents struct {
	Users   []person
	Groups  []string
	Members []string
}

type person struct {
	ID, Tenant, UserName, Email, DisplayName, ExternalID string
	Active                                               bool
}

// printed reads the database of the program, which may be running.
func (p *program) printed() (c contents) {
	p.Helper()
	cmd := command.Limited(p.Context(), time.Minute, p.binary, append([]string{"-print"}, p.args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &c)
	}
	if err != nil {
		p.Fatalf("-print: %v\n%s", err, &stderr)
	}
	return c
}

// browser is a person's browser at the application.
type browser struct{ http *http.Client }

// logIn sends the form. Without an error, the text is that of the page.
func (p *program) logIn(name string) (b browser, status int, text string, err error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.Fatal(err)
	}
	b.http = &http.Client{Jar: jar, Timeout: time.Minute}
	res, err := b.http.PostForm(p.page()+"/login", url.Values{"name": {name}})
	if err != nil {
		return b, 0, "", err
	}
	text, err = body(res)
	return b, res.StatusCode, text, err
}

// home opens the page. The port changes with each start; a cookie does not depend on it.
func (p *program) home(b browser) string {
	p.Helper()
	res, err := b.http.Get(p.page() + "/")
	if err != nil {
		p.Fatal(err)
	}
	text, err := body(res)
	if err != nil || res.StatusCode != http.StatusOK {
		p.Fatalf("GET /: %d, %v", res.StatusCode, err)
	}
	return text
}

func body(res *http.Response) (string, error) {
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return string(text), err
}

func (p person) String() string { return fmt.Sprintf("%s (%s)", p.UserName, p.ID) }
