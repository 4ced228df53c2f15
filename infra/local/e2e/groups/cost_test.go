package groups_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/testkit"
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
func (g *groups) costOf(log *e2e.Log, method, path, body string) (c cost) {
	g.Helper()
	before := len(log.String())
	g.ok(g.Send(method, path, body))
	g.until(time.Minute, func() bool {
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
// it costs the same in a small group and in a big one, except for the members that the
// answer to a PATCH reads: at most 101.
func (g *groups) costs(log *e2e.Log, member, small, big string) {
	g.Helper()
	g = g.in(g.TB)
	g.Header = g.Header.Clone()
	// the first request in each process would store the client's name
	g.Header.Set("User-Agent", "")
	g.ok(g.Send("GET", path(small)+"?excludedAttributes=members", "")) // starts the process that serves the rest
	query := `/Groups?excludedAttributes=members&filter=id%20eq%20%22GROUP%22%20and%20members%20eq%20%22` + member +
		`%22`
	for _, c := range []struct {
		name, method, path, body string
		want                     cost
		answers                  bool // with the group, if it is small
	}{
		{"add", "PATCH", "/Groups/GROUP", edit("add", member), cost{Calls: 4, RCU: 3, WCU: 8}, true},
		{"add again", "PATCH", "/Groups/GROUP", edit("add", member), cost{Calls: 3, RCU: 4}, true},
		{"is it a member", "GET", query, "", cost{Calls: 2, RCU: 2}, false},
		{"remove", "PATCH", "/Groups/GROUP", edit("remove", member), cost{Calls: 4, RCU: 4, WCU: 6}, true},
		{"without members", "GET", "/Groups/GROUP?excludedAttributes=members", "", cost{Calls: 1, RCU: 1}, false},
	} {
		for _, group := range []string{small, big} {
			want := c.want
			if group == big && c.answers { // reads 101 members, and then not the group
				want.Calls, want.RCU = want.Calls-1, want.RCU+1
			}
			got := g.costOf(log, c.method, strings.ReplaceAll(c.path, "GROUP", group), c.body)
			if got.Method = ""; got != want {
				g.Errorf("%s: %+v, want %+v", c.name, got, want)
			}
		}
	}
}

// BenchmarkMembers tells how many members a second come into a group: 10,000 by
// one PATCH, and 1,000 by as many; without -long, 100 and 20.
//
//	go test ./infra/local/e2e/groups -run '^$' -bench Members -benchtime 1x -long
func BenchmarkMembers(b *testing.B) {
	g := newGroups(b, stack.Options{})
	users := g.seedUsers(testkit.Size(10_000, 100))
	b.Run("one PATCH", func(b *testing.B) {
		g.in(b).rate(b, len(users), func(g *groups, group string) {
			g.ok(g.outlast("PATCH", path(group), edit("add", users...)))
		})
	})
	b.Run("a PATCH each", func(b *testing.B) {
		few := users[:len(users)/testkit.Size(10, 5)]
		g.in(b).rate(b, len(few), func(g *groups, group string) {
			for _, user := range few {
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
