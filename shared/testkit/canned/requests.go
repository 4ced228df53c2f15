package canned

import "net/http"

// Request is a SCIM request that a server with Answers can answer.
type Request struct {
	Name, Method, Path, Body string
	Query                    map[string]string
	Status                   int // of the answer
}

// PatchUser changes a simple attribute, and one value of a multi-valued one.
const PatchUser = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[` +
	`{"op":"replace","path":"title","value":"Director"},` +
	`{"op":"replace","path":"emails[type eq \"home\"].display","value":"Babs"}]}`

// FindUser is the filter by which an identity provider looks for a user.
const FindUser = `userName eq "barbara.jensen@example.com"`

// Requests returns the requests on users that benchmarks measure.
func Requests() []Request {
	const all, one = "/scim/v2/Users", "/scim/v2/Users/" + UserID
	byName := map[string]string{"filter": FindUser}
	return []Request{
		{Name: "create", Method: http.MethodPost, Path: all, Body: User, Status: http.StatusCreated},
		{Name: "get", Method: http.MethodGet, Path: one, Status: http.StatusOK},
		{Name: "patch", Method: http.MethodPatch, Path: one, Body: PatchUser, Status: http.StatusOK},
		{Name: "find", Method: http.MethodGet, Path: all, Query: byName, Status: http.StatusOK},
		{Name: "page of 100", Method: http.MethodGet, Path: all, Status: http.StatusOK},
	}
}
