package requests

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"scimserver/shared/testkit/canned"

	"scimbench/service"
)

// setKey sets what the AWS SDK signs with.
func setKey(t *testing.T) {
	t.Helper()
	for _, name := range []string{"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "local")
	}
}

// Every operation is answered on each side, with the status that it has to have.
func TestRun(t *testing.T) {
	setKey(t)
	rows, err := Run(Effort{Span: time.Microsecond, Rounds: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		sides := map[string]*Cost{"protocol": r.Protocol, "peer": r.Peer}
		if r.Operation != parseFilter {
			sides["whole"] = r.Whole
		}
		for name, c := range sides {
			if c == nil || c.Time <= 0 || c.Allocs < 1 || c.Bytes < 1 {
				t.Errorf("%s, %s: %+v", r.Operation, name, c)
			}
		}
	}
}

// Both implementations answer a query with the same users: the first one, or all.
func TestBothFindTheSameUsers(t *testing.T) {
	setKey(t)
	p, err := newPeer(bodies())
	if err != nil {
		t.Fatal(err)
	}
	o, err := newOurs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range canned.Requests()[3:] {
		answer := httptest.NewRecorder()
		p.server.ServeHTTP(answer, p.request(r))
		ours, err := o.service.Answer(t.Context(), service.Event(r), http.StatusOK)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := names(t, answer.Body.String()), names(t, ours); len(got) != len(want) || got[0] != want[0] {
			t.Errorf("%s: the peer found %d users, this service %d", r.Name, len(got), len(want))
		}
	}
}

// names returns the userNames in a list.
func names(t *testing.T, list string) (all []string) {
	t.Helper()
	var body struct{ Resources []struct{ UserName string } }
	if err := json.Unmarshal([]byte(list), &body); err != nil {
		t.Fatal(err)
	}
	for _, r := range body.Resources {
		all = append(all, r.UserName)
	}
	return all
}

// A filter on userName compares names that differ.
func TestUsersDifferInTheirNames(t *testing.T) {
	seen := map[string]bool{}
	for _, body := range bodies() {
		_, rest, _ := strings.Cut(body, `"userName":"`)
		name, _, _ := strings.Cut(rest, `"`)
		seen[name] = true
	}
	if len(seen) != users {
		t.Errorf("%d names, want %d", len(seen), users)
	}
}
