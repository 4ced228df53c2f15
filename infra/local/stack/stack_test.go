package stack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/infra/local/lambda"
	"scimserver/infra/local/stack"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func start(t *testing.T, o stack.Options) *stack.Stack {
	t.Helper()
	if o.Log == nil {
		o.Log = t.Output()
	}
	s, err := stack.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// call sends a SCIM request with a token and returns status and body.
func call(ctx context.Context, method, url, token, body string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

func user(name string) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q}`, name)
}

func want(t *testing.T, status int, method, url, token, body string) string {
	t.Helper()
	got, text, err := call(t.Context(), method, url, token, body)
	if err != nil || got != status {
		t.Fatalf("%s %s: %d %s, error %v; want %d", method, url, got, text, err, status)
	}
	return text
}

func TestStack(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := start(t, stack.Options{
		Log:        io.MultiWriter(t.Output(), &log),
		Parameters: map[string]string{"AuthorizerCacheSeconds": "0", "Version": "v1.2.0-3-gabc1234"},
	})
	t.Run("the first tenant", func(t *testing.T) {
		want(t, http.StatusCreated, "POST", s.BaseURL()+"/Users", s.Token(), user("first"))
	})
	t.Run("another tenant", func(t *testing.T) { anotherTenant(t, s) })
	t.Run("sample events", func(t *testing.T) { sampleEvents(t, s) })
	t.Run("large bodies", func(t *testing.T) { largeBodies(t, s) })
	t.Run("a killed function", func(t *testing.T) {
		if s.Kill("UsersFunction") == 0 {
			t.Error("no process was there to kill")
		}
		want(t, http.StatusCreated, "POST", s.BaseURL()+"/Users", s.Token(), user("after the kill"))
	})
	t.Run("a killed engine", func(t *testing.T) { killedEngine(t, s) })
	t.Run("Stop leaves no process", func(t *testing.T) { stop(t, s) })
	t.Run("each process logs its version first", func(t *testing.T) { startLines(t, log.String()) })
}

// startLines checks the first log line of the functions' processes. The killed function has
// had at least two processes.
func startLines(t *testing.T, log string) {
	starts := map[string]int{}
	for line := range strings.Lines(log) {
		var l struct{ Msg, Function, Version string }
		_, object, _ := strings.Cut(line, "{")
		if json.Unmarshal([]byte("{"+object), &l) != nil || l.Msg != "the function starts" {
			continue
		}
		starts[l.Function]++
		if l.Version != "v1.2.0-3-gabc1234" {
			t.Errorf("a function logs %s", line)
		}
	}
	if n := starts["scim-local-UsersFunction"]; n < 2 || starts["scim-local-SchemasFunction"] == 0 {
		t.Errorf("start lines of the functions: %v", starts)
	}
}

func anotherTenant(t *testing.T, s *stack.Stack) {
	token, err := s.AddTenant(t.Context(), tenant.Tenant{ID: "other", Name: "Other", Profile: tenant.Strict})
	if err != nil {
		t.Fatal(err)
	}
	list := want(t, http.StatusOK, "GET", s.BaseURL()+"/Users", token, "")
	if !strings.Contains(list, `"totalResults":0`) {
		t.Errorf("the tenant sees %s", list)
	}
}

// sampleEvents replays every file of events/.
func sampleEvents(t *testing.T, s *stack.Stack) {
	for file, c := range map[string]struct {
		function string
		status   int
	}{
		"users-create": {"UsersFunction", 201}, "users-search": {"UsersFunction", 200},
		"users-get":     {"UsersFunction", 404},
		"users-replace": {"UsersFunction", 404}, "users-delete": {"UsersFunction", 404},
		"groups-create": {"GroupsFunction", 201}, "groups-patch": {"GroupsFunction", 404},
		"search":             {"SearchFunction", 200},
		"bulk":               {"BulkFunction", 200},
		"admin-tenants-list": {"AdminFunction", 200},
		"schemas-list":       {"SchemasFunction", 200}, "schemas-get": {"SchemasFunction", 200},
		"resourcetypes-list":        {"ResourceTypesFunction", 200},
		"serviceproviderconfig-get": {"ServiceProviderConfigFunction", 200},
		"unknown-endpoint":          {"ServiceProviderConfigFunction", 404},
	} {
		payload, err := s.Invoke(t.Context(), c.function, sample(t, file))
		var res events.APIGatewayProxyResponse
		if err == nil {
			err = json.Unmarshal(payload, &res)
		}
		if err != nil || res.StatusCode != c.status {
			t.Errorf("%s: %d %s, error %v; want %d", file, res.StatusCode, res.Body, err, c.status)
		}
	}
	for file, answer := range map[string]string{
		"changes-stream": `{"batchItemFailures":[]}`, "changes-schedule": "null",
	} {
		payload, err := s.Invoke(t.Context(), "ChangesFunction", sample(t, file))
		if err != nil || string(payload) != answer {
			t.Errorf("%s: %s, error %v; want %s", file, payload, err, answer)
		}
	}
	_, err := s.Invoke(t.Context(), "AuthorizerFunction", sample(t, "authorizer-token"))
	if failed, ok := errors.AsType[*lambda.Error](err); !ok || failed.Message != "Unauthorized" {
		t.Errorf("authorizer-token: the error is %v, want Unauthorized", err)
	}
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// largeBodies: 5 MB of a group reach its function, which answers what it makes of them.
func largeBodies(t *testing.T, s *stack.Stack) {
	noJSON := func(size int) string { return `{"displayName":"` + strings.Repeat("x", size-20) }
	want(t, http.StatusBadRequest, "POST", s.BaseURL()+"/Groups", s.Token(), noJSON(5<<20))
	want(t, http.StatusRequestEntityTooLarge, "POST", s.BaseURL()+"/Groups", s.Token(), noJSON(6<<20))
	want(t, http.StatusRequestEntityTooLarge, "POST", s.BaseURL()+"/Users", s.Token(), noJSON(2<<20))
}

// killedEngine checks that callers see nothing but 503 meanwhile, and that the
// credentials are known again afterwards.
func killedEngine(t *testing.T, s *stack.Stack) {
	before := s.EnginePid()
	if err := syscall.Kill(before, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	created := awaitCreated(t, s, "survivor")
	if s.EnginePid() == before {
		t.Error("the engine was not started again")
	}
	for status := range created {
		if status != http.StatusCreated && status != http.StatusServiceUnavailable {
			t.Errorf("a caller got %d while the engine was down", status)
		}
	}
}

// awaitCreated repeats a create until it succeeds and counts the answers.
func awaitCreated(t *testing.T, s *stack.Stack, name string) map[int]int {
	t.Helper()
	seen := map[int]int{}
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		status, _, err := call(t.Context(), "POST", s.BaseURL()+"/Users", s.Token(), user(name))
		if err != nil {
			t.Fatal(err)
		}
		seen[status]++
		if status == http.StatusCreated {
			return seen
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the stack did not come back: %v", seen)
	return nil
}

func stop(t *testing.T, s *stack.Stack) {
	pids := append(s.Pids("UsersFunction"), s.Pids("AuthorizerFunction")...)
	pids = append(pids, s.EnginePid())
	if len(pids) < 3 {
		t.Errorf("only %v run", pids)
	}
	s.Stop()
	for _, pid := range pids {
		if syscall.Kill(pid, 0) == nil {
			t.Errorf("process %d lives on", pid)
		}
	}
}

// TestAcknowledgedWritesSurviveTheEngine kills the engine under load.
func TestAcknowledgedWritesSurviveTheEngine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, stack.Options{DataDir: dir, MaxProcesses: 4})
	var mu sync.Mutex
	var kept []string // ids of the users whose creation was answered
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 15 {
				if i == 5 && worker == 0 {
					_ = syscall.Kill(s.EnginePid(), syscall.SIGKILL)
				}
				if id := create(t, s, fmt.Sprintf("user-%d-%d", worker, i)); id != "" {
					mu.Lock()
					kept = append(kept, id)
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	awaitCreated(t, s, "last")
	s.Stop()

	again := start(t, stack.Options{DataDir: dir, MaxProcesses: 4})
	if len(kept) == 0 {
		t.Fatal("no create was answered")
	}
	for _, id := range kept {
		want(t, http.StatusOK, "GET", again.BaseURL()+"/Users/"+id, again.Token(), "")
	}
}

func create(t *testing.T, s *stack.Stack, name string) (id string) {
	status, body, err := call(t.Context(), "POST", s.BaseURL()+"/Users", s.Token(), user(name))
	if err != nil || status != http.StatusCreated {
		return ""
	}
	var created struct{ ID string }
	if err := json.Unmarshal([]byte(body), &created); err != nil {
		t.Error(err)
	}
	return created.ID
}
