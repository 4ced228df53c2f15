package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"scimserver/infra/local/stack"
)

// bench is the real program against the real stack.
type bench struct {
	*testing.T
	program string
	stack   *stack.Stack
	env     []string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, program: filepath.Join(t.TempDir(), "scimctl")}
	if out, err := exec.Command("go", "build", "-o", b.program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var err error
	b.stack, err = stack.Start(t.Context(), stack.Options{Log: t.Output(), Parameters: map[string]string{"AuthorizerCacheSeconds": "0", "PasswordStorage": "store"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.stack.Stop)
	key := b.stack.Operator()
	b.env = append(os.Environ(), "ADMIN_URL="+b.stack.AdminURL(), "ADMIN_REGION="+b.stack.Region(),
		"ADMIN_ACCESS_KEY_ID="+key.AccessKeyID, "ADMIN_SECRET_ACCESS_KEY="+key.SecretAccessKey)
	return b
}

// result is what a run of the program left.
type result struct {
	code     int
	out, err string
}

func (b *bench) exec(input string, args ...string) result {
	b.Helper()
	cmd := exec.Command(b.program, args...)
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
	req, err := http.NewRequestWithContext(b.Context(), method, b.stack.BaseURL()+path, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var v map[string]any
	_ = json.NewDecoder(res.Body).Decode(&v)
	return res.StatusCode, v
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
	body, err := json.Marshal(map[string]any{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": name, "emails": list})
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
	b := newBench(t)
	part := func(name string, f func(*bench)) {
		t.Run(name, func(t *testing.T) {
			own := *b
			own.T = t
			f(&own)
		})
	}
	doomed := b.doomed()
	part("misuse", misuse)
	part("signature", signature)
	part("tenants", tenants)
	part("switches", switches)
	part("credentials", credentials)
	part("rotation", rotation)
	part("subject", subject)
	part("limits", limits)
	part("accounts", accounts)
	part("imports", imports)
	part("rejects", rejects)
	part("imports that cannot begin", unreadable)
	part("whole rows", wholeRows)
	part("imports at once", atOnce)
	part("anew", anew)
	part("two rows of a person", twice)
	part("ahead", ahead)
	part("imports while functions die", dying)
	part("resumed imports", resumed)
	part("provisioning log", provisioningLog)
	part("teams", teams)
	part("conflicts", conflicts)
	part("released", released)
	part("what is printed", printed)
	part("deletion", func(b *bench) { deletion(b, doomed) })
}

func misuse(b *bench) {
	b.fails(2, "no command", "tenant destroy")
	b.fails(2, "tenant alone is no command; there are: tenant create, tenant list", "tenant")
	b.fails(2, "a command is wanted", "")
	b.fails(2, "flags stand behind the command", "-json tenant list")
	b.fails(2, "no command", "help nothing")
	b.fails(2, "no command", "nothing")
	for _, args := range []string{"help tenant", "tenant -h", "help tenant create", "tenant create -h"} {
		if out := b.run(args); !strings.Contains(out, "tenant create ID") || strings.Contains(out, "credential list") {
			b.Errorf("%s: %s", args, out)
		}
	}
	for _, args := range []string{"tenant list -x", "tenant update a -rps many", "credential create a -expires soon"} {
		if r := b.exec("", strings.Fields(args)...); r.code != 2 || strings.Count(r.err, "\n") != 1 {
			b.Errorf("%s: %+v", args, r)
		}
	}
	for _, args := range []string{"help log", "log -h"} {
		if out := b.run(args); !strings.Contains(out, "scimctl log TENANT [flags]") || !strings.Contains(out, "-since") {
			b.Errorf("%s: %s", args, out)
		}
	}
	b.fails(2, "takes TENANT", "log")
	b.fails(2, "takes TENANT", "log local other")
	b.fails(2, "no span of time", "log local -since yesterday")
	b.fails(2, "lies ahead", "log local -until -1h")
	b.fails(2, "must not be negative", "log local -limit -1")
	for _, span := range []string{"-since 1d -until 2d", "-until 2d"} {
		b.fails(2, "-since (24h unless given) must lie before -until", "log local "+span)
	}
	b.fails(2, "takes nothing and flags (-email, -username)", "account find p3")
	b.fails(2, "takes nothing and flags, not", "tenant list p3")
	b.fails(2, "takes ID", "tenant show")
	b.fails(2, "takes ID", "tenant show a b")
	b.fails(2, "not defined", "tenant list -x")
	b.fails(2, "takes TENANT TEAM PERSON...", "team add a b")
	b.fails(2, "takes TENANT NAME", "team create a b c")
	for _, args := range []string{"tenant show ..", "tenant delete .", "credential revoke local ..", "team show local ..", "conflict show . x", "account delete ..", "log .."} {
		b.fails(2, "can't be", args)
	}
	if r := b.exec("", "account", "show", ""); r.code != 2 || !strings.Contains(r.err, `ID can't be ""`) {
		b.Errorf("an empty id: %+v", r)
	}
	if r := b.exec("", "credential", "create", "local", "-subject", ""); r.code != 2 || !strings.Contains(r.err, "empty") {
		b.Errorf("empty subject: %+v", r)
	}
	b.fails(1, "read the env file", "tenant list -env-file /nowhere")
	if r := b.exec("", "help"); r.code != 0 || !strings.Contains(r.out, "credential rotate TENANT KEY") {
		b.Errorf("help: %+v", r)
	}
}

// signature: nobody comes in without the key pair.
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
