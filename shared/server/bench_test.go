package server_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/directory"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/canned"
)

// BenchmarkQuery measures searches among 100,000 users (10,000 without -long), from
// the request to the answer, with a transport that answers from memory. It measures the cost of this
// code and of the SDK.
func BenchmarkQuery(b *testing.B) {
	users := testkit.Size(100_000, 10_000)
	throng := newThrong(b, users)
	s := serve(b, canned.Transport(throng.answer))
	deep := "/Users?count=100&startIndex=" + strconv.Itoa(users*9/10+1)
	fetch(b, s, deep) // puts the mark that a walk would have put
	for _, tt := range []struct {
		name, path string
		scans      bool
	}{
		{"unindexed filter", "/Users?filter=" + escape(`title eq "none"`), true},
		{"unindexed filter, all match", "/Users?filter=" + escape(`title eq "Tour Guide"`), true},
		{"sort", "/Users?sortBy=userName", true},
		{"page of 100 at depth 1", "/Users?count=100", false},
		{"page of 100 at depth 90 %", deep, false},
		{"count 0", "/Users?count=0", false},
	} {
		b.Run(tt.name, func(b *testing.B) {
			b.ReportAllocs()
			throng.take()
			for b.Loop() {
				fetch(b, s, tt.path)
			}
			calls := 0
			for _, n := range throng.take() {
				calls += n
			}
			b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
			if tt.scans {
				b.ReportMetric(float64(users*b.N)/b.Elapsed().Seconds(), "users/s")
			}
		})
	}
}

// BenchmarkQueryOnEngine measures searches among 10,000 users (500 without -long) in
// DynamoDB Local.
func BenchmarkQueryOnEngine(b *testing.B) {
	users := testkit.Size(10_000, 500)
	name := testkit.Table(b)
	seed(b, name, users)
	s := serve(b, http.DefaultTransport, func(o *directory.Options) { o.Table, o.Endpoint = name, testkit.Endpoint(b) })
	deep := "/Users?count=100&startIndex=" + strconv.Itoa(users*9/10+1)
	fetch(b, s, deep)
	for _, tt := range []struct{ name, path string }{
		{"unindexed filter", "/Users?filter=" + escape(`title eq "none"`)},
		{"page of 100 at depth 1", "/Users?count=100"},
		{"page of 100 at depth 90 %", deep},
		{"count 0", "/Users?count=0"},
	} {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				fetch(b, s, tt.path)
			}
		})
	}
}

// After the first time, a page takes the same number of calls at any depth.
func TestCallsAtDepth(t *testing.T) { // design: round trips and capacity
	throng := newThrong(t, 20_000)
	s := serve(t, canned.Transport(throng.answer))
	fetch(t, s, "/Users?count=0") // reads the settings
	want := map[string]int{"Query PAGE": 1, "Query COUNT": 1, "Query USER": 1, "PutItem": 1}
	for _, start := range []int{101, 9_001, 18_001} {
		path := "/Users?count=100&excludedAttributes=groups&startIndex=" + strconv.Itoa(start)
		for range 2 {
			throng.take()
			if body := string(fetch(t, s, path)); !strings.Contains(body, throng.id(start-1)) {
				t.Errorf("%s shows %.300s", path, body)
			}
		}
		got := throng.take()
		for name, n := range want {
			if got[name] != n {
				t.Errorf("at %d: %v", start, got)
			}
		}
		if len(got) != len(want) {
			t.Errorf("at %d: %v", start, got)
		}
	}
}
