package main_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// exported reads the lines of an export by their type.
func exported(t *testing.T, text string) map[string][]map[string]any {
	t.Helper()
	byType := map[string][]map[string]any{}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("line %d: %v in %q", i+1, err, line)
		}
		name := v["type"].(string)
		if (name == "header") != (i == 0) || (name == "end") != (i == len(lines)-1) {
			t.Errorf("line %d of %d is %s", i+1, len(lines), line)
		}
		byType[name] = append(byType[name], v)
	}
	return byType
}

// tenantExport exports a tenant to standard output and to a file, and continues an export that was
// interrupted.
func tenantExport(b *bench) {
	b.run("tenant create leaving")
	token := b.json("credential create leaving")["secret"].(string)
	ann := b.newUser(201, token, "ann@leaving.example", "ann@leaving.example")
	b.status(201, "POST", "/Groups", token,
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Sea",`+
			`"members":[{"value":"`+ann+`"}]}`)
	b.run("team create leaving Crew")
	b.run("team add leaving Crew ann@leaving.example")
	all := exported(b.T, b.run("tenant export leaving"))
	user := all["user"][0]["resource"].(map[string]any)
	if user["userName"] != "ann@leaving.example" || user["id"] != ann || user["password"] != nil {
		b.Errorf("the user is %v", user)
	}
	m := all["membership"][0]
	if m["member"] != ann || m["memberType"] != "User" || all["teamMembership"][0]["member"] != ann {
		b.Errorf("memberships %v, %v", m, all["teamMembership"])
	}
	for name, n := range map[string]float64{"users": 1, "groups": 1, "memberships": 1, "teams": 1,
		"teamMemberships": 1} {
		if all["end"][0][name] != n {
			b.Errorf("the end says %v", all["end"][0])
		}
	}
	if out := b.run("log leaving"); strings.Count(out, " export ") != 1 {
		b.Errorf("one export in the log:\n%s", out)
	}
	b.fails(1, `no tenant "nobody"`, "tenant export nobody")
	b.interruptedExport(token)
}

func (b *bench) interruptedExport(token string) {
	file := filepath.Join(b.TempDir(), "leaving.jsonl")
	r := b.refusing().exec("", "tenant", "export", "leaving", "-o", file)
	if r.code != 1 || !strings.Contains(r.err, "run the same command again to continue") {
		b.Fatalf("interrupted: %+v", r)
	}
	half, err := os.OpenFile(file+".partial", os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = half.WriteString(`{"type":"us`)
		_ = half.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.fails(1, "unfinished export of tenant leaving", "tenant export local -o "+file)
	b.newUser(201, token, "bob@leaving.example")
	if out := b.run("tenant export leaving -o " + file); !strings.Contains(out, "exported 2 users, 1 group, ") {
		b.Errorf("continued: %s", out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		b.Fatal(err)
	}
	if all := exported(b.T, string(data)); len(all["user"]) != 2 || all["end"][0]["users"] != 2.0 {
		b.Errorf("the file has %v", all)
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		b.Errorf("left behind: %v", left)
	}
	b.fails(1, "exists already", "tenant export leaving -o "+file)
}

// refusing is the bench behind a gateway that refuses every GET of an export.
func (b *bench) refusing() *bench {
	b.Helper()
	to, err := url.Parse(b.stack.AdminURL())
	if err != nil {
		b.Fatal(err)
	}
	proxy, refused := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
	}}, atomic.Int64{}
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/export") {
			refused.Add(1)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	b.Cleanup(func() {
		gateway.Close()
		if refused.Load() == 0 {
			b.Error("nothing was refused")
		}
	})
	own := *b
	own.env = append(append([]string{}, b.env...), "ADMIN_URL="+gateway.URL+to.Path)
	return &own
}
