package server

import (
	"slices"
	"strings"

	"scimserver/shared/scim"
)

// wrongRoot is the error for a path that is not below Root: 400 for another version of the
// protocol (RFC 7644 section 3.13), otherwise 404.
func wrongRoot(path string) error {
	unversioned := strings.TrimRight(Root, "0123456789")
	if _, version, ok := strings.Cut(path, unversioned); ok && version != "" && '0' <= version[0] && version[0] <= '9' {
		return scim.InvalidVers("this service supports only SCIM 2.0; use the base URL that ends in " + Root)
	}
	hint := ""
	for segment := range strings.SplitSeq(path, "/") {
		if slices.Contains(scim.Endpoints(), segment) {
			hint = ", so that the path becomes " + Root + "/" + segment
			break
		}
	}
	return scim.NotFound("the path is not below " + Root + "; use the base URL that ends in " + Root + hint)
}

// repeatedEndpoint returns an error for a path such as /Users/Users, otherwise nil. No id is the name of
// an endpoint.
func repeatedEndpoint(path string) error {
	first, next := firstSegments(path)
	if (first == "Users" || first == "Groups") && (next == "Users" || next == "Groups") {
		return repeated("names two endpoints", "/"+first)
	}
	return nil
}

// noEndpoint is the error for a path below Root that leads to no endpoint. It says what is probably wrong.
func noEndpoint(path string) error {
	first, next := firstSegments(path)
	switch {
	case first == "":
		return scim.NotFound("this is the base URL, and it is right. It is no endpoint itself: " +
			"add one to it, such as /Users or /ServiceProviderConfig")
	case "/"+first+"/"+next == Root:
		return repeated("has "+Root+" twice", Root)
	case first == "scim" || first == "v2":
		return repeated("has /"+first+" after "+Root, "/"+first)
	}
	for _, endpoint := range scim.Endpoints() {
		if endpoint != first && strings.EqualFold(singular(endpoint), singular(first)) {
			return scim.NotFound("the service has no endpoint at this path; the endpoint has the name /" + endpoint +
				", in upper and lower case as here")
		}
	}
	return scim.NotFound("the service has no endpoint at this path: the base URL ends in " + Root +
		", and an endpoint such as /Users follows it; check the URL in the identity provider's configuration")
}

// firstSegments returns the first two segments of a path that begins with a slash.
func firstSegments(path string) (first, next string) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	next, _, _ = strings.Cut(rest, "/")
	return first, next
}

// singular returns a name without an s at its end: SCIM 1.1 had /ServiceProviderConfigs.
func singular(name string) string { return strings.TrimSuffix(strings.ToLower(name), "s") }

// repeated is the error for a path that has something twice. A provider that appends an endpoint to its base URL
// requests such a path if the base URL ends in what the provider appends.
func repeated(what, end string) error {
	return scim.NotFound("the path of the URL " + what + "; remove " + end +
		" from the end of the base URL in the identity provider's configuration")
}
