package stack_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"scimserver/infra/local/stack"
	"scimserver/shared/testkit/fault"
)

// modes are the two engines of every race: DynamoDB Local as it is, which never
// reports a conflict, and with item locks, as the service behaves.
var modes = map[string]func(http.RoundTripper) http.RoundTripper{
	"plain":      nil,
	"item locks": itemLocks,
}

func itemLocks(next http.RoundTripper) http.RoundTripper {
	return fault.ItemLocks(next, func() time.Duration { return 10*time.Millisecond + rand.N(10*time.Millisecond) })
}

func TestParallelCreatesOfOneUserName(t *testing.T) { // P-3.3-14
	for mode, transport := range modes {
		t.Run(mode, func(t *testing.T) {
			var log safeLog
			p := newIDP(t, stack.Options{Transport: transport, Log: &log})
			const n = 200
			statuses := make([]int, n)
			var wg sync.WaitGroup
			for i := range n {
				wg.Go(func() {
					statuses[i] = p.send("POST", "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"one","emails":[{"value":"one@example.com"}]}`).status
				})
			}
			wg.Wait()
			count := map[int]int{}
			for _, status := range statuses {
				count[status]++
			}
			if count[201] != 1 || count[409] != n-1 {
				t.Errorf("statuses %v, want one 201 and %d times 409", count, n-1)
			}
			p.counted(&log, n-1)
			if processes := len(p.stack.Pids("UsersFunction")); processes < 2 {
				t.Errorf("%d process served %d parallel requests", processes, n)
			}
			if report := p.verify(); report.Users != 1 || report.Claims != 2 {
				t.Errorf("%+v", report)
			}
		})
	}
}

// counted expects one conflict, which counts every loss, but for those whose log lines
// say that they could not be noted in time, or that this is not known.
func (p *idp) counted(log *safeLog, losses int) {
	p.Helper()
	all, _, err := p.directory().For("local").Conflicts(p.Context(), "", 10)
	if err != nil || len(all) != 1 {
		p.Fatalf("conflicts %+v, %v", all, err)
	}
	if missing := strings.Count(log.String(), `"unnoted"`); all[0].Attempts > losses || all[0].Attempts+missing < losses {
		p.Errorf("%d losses are counted and %d may be missing, want %d", all[0].Attempts, missing, losses)
	}
}

// processesOnly keeps a test out of the short run, which is that under the race
// detector: the functions are processes of their own, of which it sees nothing, and
// what it sees of the stack other tests show it.
func processesOnly(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("the functions are processes of their own, of which the race detector sees nothing")
	}
}

// TestRandomHistories runs creates, renames and deletes over a few names through
// several processes of the function, some of which are killed on the way, and
// checks that users and claims are in bijection and the counters agree.
func TestRandomHistories(t *testing.T) {
	processesOnly(t)
	for mode, transport := range modes {
		t.Run(mode, func(t *testing.T) {
			p := newIDP(t, stack.Options{Transport: transport, MaxProcesses: 6})
			done := make(chan struct{})
			var wg, killer sync.WaitGroup
			killer.Go(func() {
				for {
					select {
					case <-done:
						return
					case <-time.After(300 * time.Millisecond):
						p.stack.Kill("UsersFunction")
					}
				}
			})
			for worker := range 8 {
				wg.Go(func() { p.history(rand.New(rand.NewPCG(1, uint64(worker))), 40) })
			}
			wg.Wait()
			close(done)
			killer.Wait()
			report := p.verify()
			t.Logf("%d users, %d claims", report.Users, report.Claims)
			p.want(200, "GET", "/Users", "")
		})
	}
}

// history sends random changes. A request whose function was killed fails with
// 502, one that ran out of time with 503, and what it meant to do is whole or
// absent.
func (p *idp) history(r *rand.Rand, steps int) {
	var mine []string
	for range steps {
		body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"user%d","externalId":"%d","emails":[{"value":"%d@example.com"},{"value":"%d@example.com"}]}`,
			r.IntN(6), r.IntN(3), r.IntN(6), r.IntN(6))
		var a answer
		switch op := r.IntN(4); {
		case op < 2 || len(mine) == 0:
			if a = p.send("POST", "/Users", body); a.status == 201 {
				mine = append(mine, a.body.Get("id").Text())
			}
		case op == 2:
			a = p.send("PUT", "/Users/"+mine[r.IntN(len(mine))], body)
		default:
			i := r.IntN(len(mine))
			a = p.send("DELETE", "/Users/"+mine[i], "")
			mine = append(mine[:i], mine[i+1:]...)
		}
		switch a.status {
		case 200, 201, 204, 404, 409, 502, 503:
		default:
			p.Errorf("unexpected %d %s", a.status, a.body.JSON())
		}
	}
}
