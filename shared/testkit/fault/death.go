package fault

import (
	"errors"
	"net/http"
	"sync/atomic"
)

// errDead is the error of a dead function's calls. Nobody reads it.
var errDead = errors.New("the function is dead")

// Death lets a number of calls pass and no more, as if the function had died: before the
// next call, or, if lost is set, before it could read the last answer. die ends the
// function's context.
func Death(next http.RoundTripper, calls int64, lost bool, die func()) http.RoundTripper {
	d := &death{next: next, lost: lost, die: die}
	d.left.Store(calls)
	return d
}

type death struct {
	next http.RoundTripper
	left atomic.Int64
	lost bool
	die  func()
}

func (d *death) RoundTrip(r *http.Request) (*http.Response, error) {
	left := d.left.Add(-1)
	if left < 0 {
		d.die()
		return nil, errDead
	}
	answer, err := d.next.RoundTrip(r)
	if err == nil && left == 0 && d.lost {
		d.die()
		_ = answer.Body.Close()
		return nil, errDead
	}
	return answer, err
}
