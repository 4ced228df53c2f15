package compat

import "strings"

// NoFilter reports whether all values of the parameter filter are blank, which is treated as
// no filter. Clients that make every query from one template send, to list all users:
//
//	GET /Users?filter=&startIndex=1&count=100
func (r *Repairs) NoFilter(values []string) bool {
	for _, value := range values {
		if strings.TrimSpace(value) != "" {
			return false
		}
	}
	r.report("empty-filter")
	return true
}
