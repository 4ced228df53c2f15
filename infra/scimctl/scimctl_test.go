package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scimserver/infra/local/stack"
	"scimserver/infra/scimctl/ctltest"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/command"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// limit is the longest time that a command may take.
const limit = 3 * time.Minute

// bench is the real program against the real stack.
type bench struct {
	*testing.T
	program string
	stack   *stack.Stack
	env     []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s := ctltest.Stack(t, "PasswordStorage", "store")
	return &bench{T: t, program: ctltest.Build(t, "."), stack: s, env: ctltest.Env(s)}
}

// sub runs a subtest with the same program and stack.
func (b *bench) sub(name string, f func(*bench)) {
	b.Run(name, func(t *testing.T) {
		own := *b
		own.T = t
		f(&own)
	})
}

// result is what a run of the program left.
type result struct {
	code     int
	out, err string
}

func (b *bench) exec(input string, args ...string) result {
	b.Helper()
	cmd := command.Limited(b.Context(), limit, b.program, args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = b.env, strings.NewReader(input), &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		b.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// run expects success and returns what was printed.
func (b *bench) run(args string) string {
	b.Helper()
	r := b.exec("", strings.Fields(args)...)
	if r.code != 0 {
		b.Fatalf("scimctl %s: exit status %d, %s%s", args, r.code, r.out, r.err)
	}
	return r.out
}

// json runs a command with -json.
func (b *bench) json(args string) map[string]any {
	b.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(b.run(args+" -json")), &v); err != nil {
		b.Fatalf("scimctl %s: %v", args, err)
	}
	return v
}

// fails expects an exit status and words of the message.
func (b *bench) fails(code int, words, args string) {
	b.Helper()
	if r := b.exec("", strings.Fields(args)...); r.code != code || !strings.Contains(r.err, words) {
		b.Errorf("scimctl %s: exit status %d, %q; want %d, %q", args, r.code, r.err, code, words)
	}
}

// scim sends a SCIM request and returns its status and body.
func (b *bench) scim(method, path, token, body string) (int, map[string]any) {
	b.Helper()
	return ctltest.Send(b.T, b.stack, token, method, path, body)
}

// wants expects the status of a GET of /Users.
func (b *bench) wants(status int, token string) {
	b.Helper()
	if got, _ := b.scim("GET", "/Users?count=1", token, ""); got != status {
		b.Errorf("GET /Users: %d, want %d", got, status)
	}
}

func (b *bench) newUser(status int, token, name string, emails ...string) string {
	b.Helper()
	list := make([]map[string]string, len(emails))
	for i, email := range emails {
		list[i] = map[string]string{"value": email}
	}
	body, err := json.Marshal(map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"userName": name, "emails": list})
	if err != nil {
		b.Fatal(err)
	}
	got, user := b.scim("POST", "/Users", token, string(body))
	if got != status {
		b.Errorf("POST /Users %s: %d %v, want %d", name, got, user, status)
	}
	return fmt.Sprint(user["id"])
}

func TestScimctl(t *testing.T) {
	t.Parallel() // with TestStories: both wait for processes most of the time
	b := newBench(t)
	doomed, deleted := b.doom()
	b.sub("command line", commandLine)
	b.sub("help", helpTexts)
	b.sub("completion", completion)
	b.sub("version", buildInfo)
	b.sub("signature", signature)
	b.sub("tenants", tenants)
	b.sub("switches", switches)
	b.sub("credentials", credentials)
	b.sub("invitations", invitations)
	b.sub("rotation", rotation)
	b.sub("subject", subject)
	b.sub("limits", limits)
	b.sub("accounts", accounts)
	b.sub("imports", imports)
	b.sub("dry run of an import", dryRun)
	b.sub("rejected rows", rejects)
	b.sub("rows of the same person", twice)
	b.sub("imports that cannot begin", unreadable)
	b.sub("rows that are not CSV", brokenRows)
	b.sub("imports while functions die", dying)
	b.sub("imports that were interrupted", rerun)
	b.sub("provisioning log", provisioningLog)
	b.sub("log by time", logByTime)
	b.sub("log as CSV", logAsCSV)
	b.sub("log of memberships", logOfMemberships)
	b.sub("health", health)
	b.sub("handover", handover)
	b.sub("events", events)
	b.sub("trace", traces)
	b.sub("log follows", logFollows)
	b.sub("users and groups", reads)
	b.sub("tenant export", tenantExport)
	b.sub("schemas", schemas)
	b.sub("persons", persons)
	b.sub("teams", teams)
	b.sub("verify", verification)
	b.sub("verify of a local stack", verifyLocal)
	b.sub("conflicts", conflicts)
	b.sub("released", released)
	b.sub("what is printed", printed)
	b.sub("deletion", func(b *bench) { deletion(b, doomed, deleted) })
}

func signature(b *bench) {
	res, err := http.Get(b.stack.AdminURL() + "/v1/tenants")
	if err != nil {
		b.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusForbidden {
		b.Errorf("unsigned: %d", res.StatusCode)
	}
	other := *b
	other.env = append(other.env, "ADMIN_SECRET_ACCESS_KEY=wrong")
	other.fails(1, "refuses the signature", "tenant list")
	file := filepath.Join(b.TempDir(), "env")
	lines := strings.Join(b.env[len(b.env)-4:], "\n") + "\n"
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		b.Fatal(err)
	}
	other.env = os.Environ()
	other.run("tenant list -env-file " + file)
}
