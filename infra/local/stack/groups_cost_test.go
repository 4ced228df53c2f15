package stack_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"scimserver/infra/local/stack"
)

// cost is what the log line of a request says about DynamoDB.
type cost struct {
	Method  string  `json:"method"`
	Calls   int     `json:"calls"`
	Retries int     `json:"retries"`
	RCU     float64 `json:"rcu"`
	WCU     float64 `json:"wcu"`
}

// costOf sends a request and returns what its log line says.
func (g *groups) costOf(log *safeLog, method, path, body string) (c cost) {
	g.Helper()
	before := len(log.String())
	g.ok(g.send(method, path, body))
	g.until(5*time.Second, func() bool {
		for line := range strings.Lines(log.String()[before:]) {
			_, text, _ := strings.Cut(line, "| ")
			if json.Unmarshal([]byte(text), &c) == nil && c.Method == method {
				return true
			}
		}
		return false
	})
	return c
}

// To add a member, to add it again, to remove it, and to ask for the group or for
// it costs the same in a small group and in a big one.
func (g *groups) costs(log *safeLog, member, small, big string) {
	g.Helper()
	g.ok(g.send("GET", path(small)+"?excludedAttributes=members", "")) // starts the process that serves the rest
	query := `/Groups?excludedAttributes=members&filter=id%20eq%20%22GROUP%22%20and%20members%20eq%20%22` + member + `%22`
	for _, c := range []struct {
		name, method, path, body string
		want                     cost
	}{
		{"add", "PATCH", "/Groups/GROUP", edit("add", member), cost{Calls: 2, RCU: 1, WCU: 8}},
		{"add again", "PATCH", "/Groups/GROUP", edit("add", member), cost{Calls: 1, RCU: 2}},
		{"is it a member", "GET", query, "", cost{Calls: 2, RCU: 2}},
		{"remove", "PATCH", "/Groups/GROUP", edit("remove", member), cost{Calls: 2, RCU: 2, WCU: 6}},
		{"without members", "GET", "/Groups/GROUP?excludedAttributes=members", "", cost{Calls: 1, RCU: 1}},
	} {
		for _, group := range []string{small, big} {
			got := g.costOf(log, c.method, strings.ReplaceAll(c.path, "GROUP", group), c.body)
			if got.Method = ""; got != c.want {
				g.Errorf("%s: %+v, want %+v", c.name, got, c.want)
			}
		}
	}
}

// BenchmarkMembers tells how many members a second come into a group: 10,000 by
// one PATCH, and 1,000 by as many.
//
//	go test ./infra/local/stack -run '^$' -bench Members -benchtime 1x
func BenchmarkMembers(b *testing.B) {
	g := newGroups(b, stack.Options{})
	users := g.seedUsers(10_000)
	b.Run("one PATCH of 10,000", func(b *testing.B) {
		g.in(b).rate(b, len(users), func(g *groups, group string) {
			g.ok(g.outlast("PATCH", path(group), edit("add", users...)))
		})
	})
	b.Run("1,000 PATCHes of 1", func(b *testing.B) {
		g.in(b).rate(b, 1000, func(g *groups, group string) {
			for _, user := range users[:1000] {
				g.ok(g.outlast("PATCH", path(group), edit("add", user)))
			}
		})
	})
}

// rate times how a new group gets its members.
func (g *groups) rate(b *testing.B, members int, fill func(g *groups, group string)) {
	for b.Loop() {
		b.StopTimer()
		group := g.seedGroup()
		b.StartTimer()
		fill(g, group)
		if got := g.edges(group); got != members {
			b.Fatalf("%d members, want %d", got, members)
		}
	}
	b.ReportMetric(float64(members*b.N)/b.Elapsed().Seconds(), "members/s")
}
