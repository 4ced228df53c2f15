package apigateway

import "strings"

// route is a method on a resource of the API.
type route struct {
	path       string // as declared: /scim/v2/Users/{id}
	segments   []string
	method     string // ANY, or one method
	authorizer *authorizer
	counted    bool // counted under an API key
	signed     bool // must be signed (AWS_IAM)
	target     Function
}

func newRoute(path, method string, target Function) route {
	method = strings.ToUpper(method)
	if method == "X-AMAZON-APIGATEWAY-ANY-METHOD" {
		method = "ANY"
	}
	return route{path: path, segments: split(path), method: method, target: target}
}

func split(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }

// match returns the route of a request and the values of its variables. A fixed segment
// takes precedence over a variable, a variable over a greedy variable, and a method over
// ANY. A slash at the end of the path makes no difference, though the function receives it
// (github.com/aws-powertools/powertools-lambda-python/issues/1552, observed on AWS).
func (a *API) match(method, path string) (*route, map[string]string) {
	var best *route
	var values map[string]string
	segments := split(strings.TrimSuffix(path, "/"))
	for i := range a.routes {
		r := &a.routes[i]
		found, ok := r.match(method, segments)
		if ok && (best == nil || r.rank() < best.rank()) {
			best, values = r, found
		}
	}
	return best, values
}

func (r *route) match(method string, segments []string) (map[string]string, bool) {
	if r.method != "ANY" && r.method != method {
		return nil, false
	}
	var values map[string]string
	set := func(name, value string) {
		if values == nil {
			values = map[string]string{}
		}
		values[name] = value
	}
	for i, declared := range r.segments {
		kind, name := kindOf(declared)
		if i >= len(segments) || kind != fixed && segments[i] == "" {
			return nil, false
		}
		switch {
		case kind == greedy:
			set(name, strings.Join(segments[i:], "/"))
			return values, true
		case kind == variable:
			set(name, segments[i])
		case declared != segments[i]:
			return nil, false
		}
	}
	return values, len(segments) == len(r.segments)
}

type segmentKind byte

const (
	fixed    segmentKind = 'a'
	variable segmentKind = 'b'
	greedy   segmentKind = 'c'
)

func kindOf(segment string) (segmentKind, string) {
	if !strings.HasPrefix(segment, "{") || !strings.HasSuffix(segment, "}") {
		return fixed, ""
	}
	name := segment[1 : len(segment)-1]
	if short, ok := strings.CutSuffix(name, "+"); ok {
		return greedy, short
	}
	return variable, name
}

// rank orders the routes that match a path: the lowest is the best.
func (r *route) rank() string {
	var b strings.Builder
	for _, s := range r.segments {
		kind, _ := kindOf(s)
		b.WriteByte(byte(kind))
	}
	if r.method == "ANY" {
		b.WriteByte('z')
	}
	return b.String()
}
