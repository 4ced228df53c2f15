// Package races_test holds what requests that run in parallel must leave, through
// several processes of the functions.
package races_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"scimserver/infra/local/e2e"
	"scimserver/infra/local/stack"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

const usersFunction = "UsersFunction"

// races runs in one stack, a tenant for each race and mode of the engine.
type races struct {
	*e2e.Client
	log *e2e.Log
}

// Parallel changes of users, on the engine as it is and with item locks. In the
// end users and claims are in bijection and the counters agree, over all tenants.
func TestRacesOfUsers(t *testing.T) { // P-3.3-14
	e2e.ProcessesOnly(t)
	var mode e2e.Mode
	var log e2e.Log
	c := e2e.Start(t, stack.Options{Transport: mode.Wrap, Log: &log})
	mode.Both(t, func(t *testing.T, name string) {
		race := func(what string, f func(races)) {
			t.Run(what, func(t *testing.T) {
				r := races{c.NewTenant(t, tenant.ID(what+"-"+name), tenant.Generic), &log}
				f(r)
				r.Verify()
				if a := r.persist("GET", "/Users"); a.Status != 200 {
					t.Errorf("GET /Users: %d %s", a.Status, a.Body.JSON())
				}
			})
		}
		race("creates", createsOfOneUserName)
		race("patches", parallelPatches)
		race("histories", randomHistories)
	})
}

// createsOfOneUserName: one wins, and the others are in the ledger of conflicts.
func createsOfOneUserName(r races) {
	n := testkit.Size(200, 60)
	before := len(r.log.String())
	body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%[1]s",`+
		`"emails":[{"value":"one@%[1]s.example.com"}]}`, r.Tenant)
	statuses := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { statuses[i] = r.Send("POST", "/Users", body).Status })
	}
	wg.Wait()
	count := map[int]int{}
	for _, status := range statuses {
		count[status]++
	}
	// A machine that is too slow answers some in time only with 503, or the gateway does with 504.
	late := count[503] + count[504]
	if count[201] > 1 || count[201]+late == 0 || count[201]+count[409]+late != n {
		r.Errorf("statuses %v, want one 201 and %d times 409", count, n-1)
	}
	r.counted(r.log.String()[before:], count[409], late)
	if processes := len(r.Stack.Pids(usersFunction)); processes < 2 {
		r.Errorf("%d process served %d parallel requests", processes, n)
	}
	r.Counts(1, 0)
}

// counted expects that the ledger counts every loss, but for those whose log lines
// say that they could not be noted in time, or that this is not known. Conflicts are
// one for each set of values that was lost: who reads the claims while the winner
// writes them may see one of the two. Late answers may stand for a loss, too.
func (r races) counted(log string, losses, late int) {
	r.Helper()
	all, _, err := r.Directory().For(r.Tenant).Conflicts().List(r.Context(), "", 10)
	if err != nil || len(all) == 0 {
		r.Fatalf("conflicts %+v, %v", all, err)
	}
	counted := 0
	for _, c := range all {
		counted += c.Attempts
	}
	if missing := strings.Count(log, `"unnoted"`); counted > losses+late || counted+missing < losses {
		r.Errorf("%d losses are counted and %d may be missing, want %d", counted, missing, losses)
	}
}

// randomHistories runs creates, renames and deletes over a few names through
// several processes of the function, some of which are killed on the way.
func randomHistories(r races) {
	done := make(chan struct{})
	var workers, killer sync.WaitGroup
	killer.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(300 * time.Millisecond):
				r.Stack.Kill(usersFunction)
			}
		}
	})
	for worker := range 8 {
		workers.Go(func() { r.history(rand.New(rand.NewPCG(1, uint64(worker))), testkit.Size(40, 15)) })
	}
	workers.Wait()
	close(done)
	killer.Wait()
}

// history sends random changes. A request whose function was killed fails with
// 502, one that ran out of time with 503, and what it meant to do is whole or
// absent.
func (r races) history(random *rand.Rand, steps int) {
	var mine []string
	for range steps {
		body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%[1]s-%[2]d",
			"externalId":"%[3]d","emails":[{"value":"%[4]d@%[1]s.example"},{"value":"%[5]d@%[1]s.example"}]}`,
			r.Tenant, random.IntN(6), random.IntN(3), random.IntN(6), random.IntN(6))
		var a e2e.Answer
		switch op := random.IntN(4); {
		case op < 2 || len(mine) == 0:
			if a = r.Send("POST", "/Users", body); a.Status == 201 {
				mine = append(mine, a.Body.Get("id").Text())
			}
		case op == 2:
			a = r.Send("PUT", "/Users/"+mine[random.IntN(len(mine))], body)
		default:
			i := random.IntN(len(mine))
			a = r.persist("DELETE", "/Users/"+mine[i]) // finishes a deletion that died midway
			mine = append(mine[:i], mine[i+1:]...)
		}
		switch a.Status {
		case 200, 201, 204, 404, 409, 502, 503:
		default:
			r.Errorf("unexpected %d %s", a.Status, a.Body.JSON())
		}
	}
}

// persist repeats a request whose function was killed, as providers do.
func (r races) persist(method, path string) (a e2e.Answer) {
	r.Helper()
	for range 100 {
		if a = r.Send(method, path, ""); a.Status < 500 {
			return a
		}
		time.Sleep(50 * time.Millisecond)
	}
	return a
}

// parallelPatches of one user all take effect: each is applied anew to what the
// others left.
func parallelPatches(r races) {
	path := "/Users/" + r.Want(201, "POST", "/Users", e2e.User(string(r.Tenant))).Get("id").Text()
	attributes := []string{
		"title", "nickName", "displayName", "locale", "timezone", "userType", "name.givenName",
		"name.familyName",
	}
	var wg sync.WaitGroup
	for _, attribute := range attributes {
		wg.Go(func() {
			patch := e2e.PatchOp + `[{"op":"replace","path":"` + attribute + `","value":"new"}]}`
			a := r.Send("PATCH", path, patch)
			for a.Status == 409 { // as the detail asks
				a = r.Send("PATCH", path, patch)
			}
			if a.Status != 200 {
				r.Errorf("%s: %d %s", attribute, a.Status, a.Body.JSON())
			}
		})
	}
	wg.Wait()
	got := r.Want(200, "GET", path, "")
	for _, attribute := range attributes {
		v := got
		for _, name := range strings.Split(attribute, ".") {
			v = v.Get(name)
		}
		if v.Text() != "new" {
			r.Errorf("%s is lost: %s", attribute, got.JSON())
		}
	}
}
