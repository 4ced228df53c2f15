package wording

import (
	"net/http"

	"scimserver/shared/admin"
)

// CountRequests counts the requests of the last 24 hours, and those that failed.
func CountRequests(h admin.Health) (failed, total int) {
	for status, n := range h.Requests {
		total += n
		if status >= http.StatusBadRequest {
			failed += n
		}
	}
	return failed, total
}
