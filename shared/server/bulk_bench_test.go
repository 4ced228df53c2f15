package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

// BenchmarkBulk creates users (900, or 50 without -long) in DynamoDB Local: in one bulk
// request, in single requests one after the other, and as members of a group that comes
// before them.
func BenchmarkBulk(b *testing.B) {
	n, round := testkit.Size(900, 50), 0
	name := testkit.Table(b)
	s := serve(b, http.DefaultTransport, func(o *directory.Options) { o.Table, o.Endpoint = name, testkit.Endpoint(b) })
	record := tenant.Tenant{ID: "acme", Profile: tenant.Strict, Limits: tenant.DefaultLimits()}
	record.Limits.RequestsPerSecond, record.Limits.Burst = 10_000, 10_000
	if _, err := s.Directory.Tenants().CreateTenant(b.Context(), record); err != nil {
		b.Fatal(err)
	}
	users := func() (operations []string) {
		for i := range n {
			operations = append(operations,
				post("User", fmt.Sprint("b", i), fmt.Sprintf(`"userName":"u%d-%d"`, round, i)))
		}
		return operations
	}
	b.Run("one request", func(b *testing.B) {
		for b.Loop() {
			round++
			sendBulk(b, s, users())
		}
	})
	b.Run("single requests", func(b *testing.B) {
		for b.Loop() {
			round++
			for i := range n {
				create(b, s, "/Users", user(fmt.Sprintf("u%d-%d", round, i), ""))
			}
		}
	})
	b.Run("a group before its members", func(b *testing.B) {
		for b.Loop() {
			round++
			members := make([]string, n)
			for i := range members {
				members[i] = fmt.Sprintf(`{"value":"bulkId:b%d"}`, i)
			}
			group := post("Group", "g",
				fmt.Sprintf(`"displayName":"g%d","members":[%s]`, round, strings.Join(members, ",")))
			sendBulk(b, s, append([]string{group}, users()...))
		}
	})
}

func sendBulk(b *testing.B, s *server.Server, operations []string) {
	b.Helper()
	text := create(b, s, "/Bulk", `{"schemas":["`+bulkRequest+`"],"Operations":[`+strings.Join(operations, ",")+`]}`)
	if got := strings.Count(text, `"status":"201"`); got != len(operations) {
		b.Fatalf("%d of %d operations succeeded: %.500s", got, len(operations), text)
	}
}

// create sends a POST that must succeed and returns the body of the answer.
func create(b *testing.B, s *server.Server, path, body string) string {
	b.Helper()
	r := httptest.NewRequest(http.MethodPost, base+path, strings.NewReader(body))
	caller := tenant.Caller{Tenant: "acme", Profile: tenant.Strict, Scopes: []tenant.Scope{tenant.Read, tenant.Write}}
	w := httptest.NewRecorder()
	s.ServeHTTP(w,
		r.WithContext(server.WithOrigin(r.Context(), server.Origin{BaseURL: base, RequestID: "r", Caller: caller})))
	if w.Code >= 400 {
		b.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}
