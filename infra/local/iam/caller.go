package iam

import (
	"net/http"
	"regexp"
)

var credential = regexp.MustCompile(`Credential=([^/]+)/`)

// Caller returns the access key id in the signature of a request, "" if it has none. On the local
// stack it is the logical id of the function that calls.
func Caller(r *http.Request) string {
	if m := credential.FindStringSubmatch(r.Header.Get("Authorization")); m != nil {
		return m[1]
	}
	return ""
}
