package canned

import (
	"encoding/json"
	"strings"
	"testing"
)

// A request is about the user that the answers have, and has a body of valid JSON or none.
func TestRequests(t *testing.T) {
	for _, r := range Requests() {
		t.Run(r.Name, func(t *testing.T) {
			_, id, one := strings.Cut(strings.TrimPrefix(r.Path, "/scim/v2/"), "/")
			if one && id != UserID {
				t.Errorf("path %s, want one of user %s", r.Path, UserID)
			}
			if r.Body != "" && !json.Valid([]byte(r.Body)) {
				t.Errorf("body %s", r.Body)
			}
			if r.Status < 200 || r.Status > 299 {
				t.Errorf("status %d, want a success", r.Status)
			}
		})
	}
}
