package server

import (
	"fmt"
	"strings"

	"scimserver/shared/scim"
)

// extraSlash returns an error if a path ends in a slash or has two in a row, otherwise nil. API
// Gateway routes such a path to the endpoint without the slash or to the one for unknown paths, so
// every Lambda function needs this check.
func extraSlash(path string) error {
	clean := strings.TrimRight(path, "/")
	for strings.Contains(clean, "//") {
		clean = strings.ReplaceAll(clean, "//", "/")
	}
	if clean == "" || clean == path || path == clean+"/" && strings.HasSuffix(clean, Root) {
		return nil
	}
	which := "a slash at the end"
	if strings.Contains(path, "//") {
		which = "two slashes in a row"
	}
	if at := strings.Index(clean, Root); at >= 0 {
		clean = clean[at:]
	}
	return scim.NotFound(fmt.Sprintf("the path of the URL has %s; send the request to %.200s. "+
		"If the base URL in the provider's configuration ends in a slash, remove it there", which, clean))
}
