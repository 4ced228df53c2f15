package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"scimserver/shared/directory"
	"scimserver/shared/scim"
	"scimserver/shared/testkit/fault"
)

// If a scan is throttled when its time is nearly over, the error is ErrTooMany, because the same
// request would fail again. If it is throttled from the start, a later request may succeed.
func TestThrottledScan(t *testing.T) { // P-3.4.2.1-3
	for name, tt := range map[string]struct {
		passed int // calls before the throttling
		want   error
	}{
		"near its deadline": {1, directory.ErrTooMany},
		"from the start":    {0, directory.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls, throttled := 0, false
			b := newBench(t, scripted(fault.Rule{Operation: "Query", Calls: func(int) bool {
				if throttled {
					calls++
				}
				return throttled && calls > tt.passed
			}, Fault: fault.Throttled}))
			for i := range 40 { // more than one call returns
				content := user(fmt.Sprint("user", i), "")
				content.Doc = scim.Map(append(content.Doc.Members(),
					scim.Member{Name: "title", Value: scim.Text(strings.Repeat("x", 30_000))})...)
				if _, err := b.acme.Users().Create(t.Context(), content); err != nil {
					t.Fatal(err)
				}
			}
			throttled = true
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
			defer cancel()
			err := b.acme.Walk(ctx, directory.UserKind, "",
				func(context.Context, []directory.Resource) (bool, error) { return true, nil })
			if !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}
