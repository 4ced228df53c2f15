package smoke_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"scimserver/infra/check/smoke"
	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

const runbook = "../../docs/runbook.md"

func start(t *testing.T) *stack.Stack {
	t.Helper()
	return e2e.Stack(t, stack.Options{
		Log: t.Output(), Parameters: map[string]string{"AuthorizerCacheSeconds": "0"},
	})
}

func options(s *stack.Stack) smoke.Options {
	key := s.Operator()
	return smoke.Options{
		URL: s.BaseURL(), Token: s.Token(), Root: "../../..", Runbook: runbook,
		Env: []string{
			"ADMIN_ACCESS_KEY_ID=" + key.AccessKeyID,
			"ADMIN_SECRET_ACCESS_KEY=" + key.SecretAccessKey,
			"ADMIN_REGION=" + s.Region(),
		},
	}
}

// TestSmoke: a failure is reported with its section of the runbook. Nothing remains after a run, whether
// it succeeds or fails.
func TestSmoke(t *testing.T) {
	s := start(t)
	t.Run("with a token", func(t *testing.T) {
		t.Parallel()
		withToken(t, s)
	})
	t.Run("an operator API", func(t *testing.T) {
		t.Parallel() // the deletion of a tenant waits for half a minute
		withOperatorAPI(t, s)
	})
}

func withToken(t *testing.T, s *stack.Stack) {
	t.Run("a service that works", func(t *testing.T) {
		var out bytes.Buffer
		if err := smoke.Run(t.Context(), &out, options(s)); err != nil || strings.Contains(out.String(), "FAILED") {
			t.Errorf("%v\n%s", err, &out)
		}
		nothingLeft(t, s)
	})
	t.Run("a service whose search fails", func(t *testing.T) {
		var out bytes.Buffer
		o := options(s)
		o.URL = breaking(t, s.BaseURL(), "/.search") + "/scim/v2"
		err := smoke.Run(t.Context(), &out, o)
		for _, want := range []string{"FAILED  create a group", "runbook.md#a-provider-reports-5xx"} {
			if err == nil || !strings.Contains(out.String(), want) {
				t.Errorf("%v, want %q in\n%s", err, want, &out)
			}
		}
		nothingLeft(t, s)
	})
}

func withOperatorAPI(t *testing.T, s *stack.Stack) {
	var out bytes.Buffer
	o := options(s)
	o.Token, o.AdminURL = "", s.AdminURL()
	err := smoke.Run(t.Context(), &out, o)
	if err != nil || !strings.Contains(out.String(), "ok      delete the tenant") {
		t.Errorf("%v\n%s", err, &out)
	}
}

// breaking starts a proxy to the service. It returns 500 for paths with a suffix.
func breaking(t *testing.T, base, suffix string) string {
	t.Helper()
	to, err := url.Parse(strings.TrimSuffix(base, "/scim/v2"))
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(to)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, suffix) {
			http.Error(w, `{}`, http.StatusInternalServerError)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func nothingLeft(t *testing.T, s *stack.Stack) {
	t.Helper()
	for _, path := range []string{"/Users", "/Groups"} {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.BaseURL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+s.Token())
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var list struct{ TotalResults int }
		err = json.NewDecoder(res.Body).Decode(&list)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || list.TotalResults != 0 {
			t.Errorf("%s: status %d, %d left, %v", path, res.StatusCode, list.TotalResults, err)
		}
	}
}

// TestPagesExist: each check names a section of the runbook.
func TestPagesExist(t *testing.T) {
	text, err := os.ReadFile(runbook)
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(text), -1) {
		plain := regexp.MustCompile(`[^a-z0-9 -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		anchors[strings.ReplaceAll(plain, " ", "-")] = true
	}
	source, err := os.ReadFile("smoke.go")
	if err != nil {
		t.Fatal(err)
	}
	checks := regexp.MustCompile(`Check\{\s*"[^\n]*", "([a-z0-9-]+)"|\{"[^"]*", "([a-z0-9-]+)", func`)
	pages := checks.FindAllStringSubmatch(string(source), -1)
	if len(pages) < 5 {
		t.Fatalf("found the pages %q", pages)
	}
	var all []string
	for _, m := range pages {
		all = append(all, m[1]+m[2])
	}
	for _, c := range smoke.NewVisit(smoke.Client{}, "x").Checks() {
		all = append(all, c.Page)
	}
	for _, page := range all {
		if !anchors[page] {
			t.Errorf("the runbook has no section #%s", page)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]smoke.Options{
		"another URL": {URL: "https://example.com/v1", Token: "x"},
		"no token":    {URL: "https://example.com/v1/scim/v2"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := smoke.Run(t.Context(), &out, o); err == nil || out.Len() > 0 {
				t.Errorf("%v\n%s", err, &out)
			}
		})
	}
}
