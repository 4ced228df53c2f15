package main_test

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"scimserver/shared/testkit/command"
)

// limit is the longest time that a command may run here.
const limit = 8 * time.Minute

// limited returns a command that has to end within the limit.
func limited(t *testing.T, path string, args ...string) *exec.Cmd {
	return command.Limited(t.Context(), limit, path, args...)
}

// program is this command, built.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "local")
	cmd := command.Limited(t.Context(), limit, "go", "build", "-o", path, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return path
}

func TestCommand(t *testing.T) {
	path := program(t)
	t.Run("Ctrl-C leaves no process", func(t *testing.T) { interrupted(t, path, syscall.SIGINT) })
	t.Run("SIGTERM leaves no process, after the tutorial", func(t *testing.T) { interrupted(t, path, syscall.SIGTERM) })
	t.Run("port taken", func(t *testing.T) { portTaken(t, path) })
	t.Run("neither Java nor Python", func(t *testing.T) {
		refused(t, limited(t, path, "-port", "0"), "PATH="+onlyGo(t), "install one of them, for example with")
	})
	t.Run("no Go", func(t *testing.T) {
		refused(t, limited(t, path, "-port", "0"), "PATH=/nowhere", "install Go, for example with")
	})
}

func interrupted(t *testing.T, path string, sig syscall.Signal) {
	envFile := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(envFile, []byte("SCIM_URL=stale\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	cmd := limited(t, path, "-port", "0", "-env-file", envFile)
	cmd.Stdout, cmd.Stderr = &printed, t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	env := awaitFile(t, envFile, ended)
	use(t, env["SCIM_URL"], env["SCIM_TOKEN"])
	if sig == syscall.SIGTERM {
		tutorial(t, envFile)
	}
	for _, name := range []string{"ADMIN_URL", "ADMIN_ACCESS_KEY_ID", "ADMIN_SECRET_ACCESS_KEY", "ADMIN_REGION"} {
		if env[name] == "" {
			t.Errorf("%s is not in the env file", name)
		}
	}
	children := childrenOf(t, cmd.Process.Pid)
	if len(children) < 2 {
		t.Errorf("the children are %v, want the engine and a function at least", children)
	}
	if err := cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the command ended with %v", err)
	}
	for _, pid := range children {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("process %d lives on", pid)
		}
	}
	for _, part := range []string{env["SCIM_URL"], env["SCIM_TOKEN"], "curl"} {
		if part == "" || !strings.Contains(printed.String(), part) {
			t.Errorf("%q is not in what was printed: %s", part, printed.String())
		}
	}
}

// awaitFile waits for the env file of a command that has started.
func awaitFile(t *testing.T, path string, ended <-chan error) map[string]string {
	t.Helper()
	for {
		select {
		case err := <-ended:
			t.Fatalf("the command ended before the stack was ready: %v", err)
		case <-time.After(50 * time.Millisecond):
		}
		data, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(data), "stale") {
			continue
		}
		values := map[string]string{}
		for _, m := range regexp.MustCompile(`(?m)^(\w+)=(.*)$`).FindAllStringSubmatch(string(data), -1) {
			values[m[1]] = m[2]
		}
		return values
	}
}

// use makes functions run.
func use(t *testing.T, url, token string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/Users", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("GET /Users answers %d", res.StatusCode)
	}
}

func childrenOf(t *testing.T, pid int) []int {
	t.Helper()
	out, err := command.Limited(t.Context(), time.Minute, "pgrep", "-P", strconv.Itoa(pid)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, s := range strings.Fields(string(out)) {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, n)
	}
	return pids
}

func portTaken(t *testing.T, path string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	refused(t, limited(t, path, "-port", port), "A=b",
		"port "+port+" is taken: choose another one with go run ./infra/local -port ")
}

// onlyGo is a folder of programs with the go command alone.
func onlyGo(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(program, filepath.Join(dir, "go")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// refused expects exit status 1 and a last line, behind the steps, that holds a text.
func refused(t *testing.T, cmd *exec.Cmd, env, text string) {
	t.Helper()
	cmd.Env = append(os.Environ(), "JAVA_HOME=", "XDG_CACHE_HOME="+t.TempDir(), env)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	err := cmd.Run()
	if cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("it ended with %v, want exit status 1", err)
	}
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	if message := lines[len(lines)-1]; !strings.Contains(message, text) {
		t.Errorf("it says %q, want a last line with %q", stderr.String(), text)
	}
}
