// Package bulk reads BulkRequest messages (RFC 7644 section 3.7): their operations, the
// references between them, and the order in which they may be carried out. It does not
// carry them out.
package bulk

import (
	"fmt"
	"strconv"
	"strings"

	"scimserver/shared/scim"
)

// The URNs of the messages.
const (
	RequestMessage  = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	ResponseMessage = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
)

// The methods of operations.
const (
	Post   = "POST"
	Put    = "PUT"
	Patch  = "PATCH"
	Delete = "DELETE"
)

// Request is a BulkRequest message.
type Request struct {
	// FailOnErrors is the number of errors after which no further operation is carried out. 0 means
	// that errors do not stop the request.
	FailOnErrors int
	Operations   []Operation
}

// Operation is one operation of a request.
type Operation struct {
	Method  string // POST, PUT, PATCH or DELETE
	BulkID  string // "" if the client sent none
	Path    string // relative to the base URL, such as /Users/2819c223
	Version string // an entity tag; "" for any
	Data    scim.Value
	// Err is why the operation can't be carried out, nil if it can.
	Err *scim.Error
}

// Parse reads a message of at most maxOperations operations. The error is about the message as a
// whole; the error of one operation is in its Err.
func Parse(body scim.Value, maxOperations int) (Request, error) {
	if body.Kind() != scim.Object || !scim.HasSchema(body.Find("schemas"), RequestMessage) {
		return Request{}, scim.InvalidSyntax(
			"the body must be a BulkRequest message: schemas must name " + RequestMessage,
		)
	}
	items := body.Find("Operations")
	if items.Kind() != scim.Array || len(items.Items()) == 0 {
		return Request{}, scim.InvalidSyntax("Operations must be an array of at least one operation")
	}
	if n := len(items.Items()); n > maxOperations {
		return Request{}, scim.TooLarge(
			fmt.Sprintf("the request has %d operations; maxOperations is %d", n, maxOperations),
		)
	}
	fail, err := failOnErrors(body.Find("failOnErrors"))
	if err != nil {
		return Request{}, err
	}
	r := Request{FailOnErrors: fail}
	for _, item := range items.Items() {
		r.Operations = append(r.Operations, parseOperation(item))
	}
	r.refuseRepeatedIDs()
	return r, nil
}

func failOnErrors(v scim.Value) (int, error) {
	if v.Kind() == scim.Null {
		return 0, nil
	}
	n, err := strconv.Atoi(v.Text())
	if v.Kind() != scim.Number || err != nil || n < 0 {
		return 0, scim.InvalidSyntax("failOnErrors must be a whole number of at least 0")
	}
	return n, nil
}

func parseOperation(v scim.Value) Operation {
	o := Operation{
		Method: strings.ToUpper(v.Find("method").Text()), BulkID: v.Find("bulkId").Text(), Path: v.Find("path").Text(),
		Version: v.Find("version").Text(), Data: v.Find("data"),
	}
	o.Err = o.check(v)
	return o
}

// check returns what is wrong with the form of an operation, nil if it is valid.
func (o Operation) check(v scim.Value) *scim.Error {
	for _, name := range []string{"method", "bulkId", "path", "version"} {
		if kind := v.Find(name).Kind(); kind != scim.Null && kind != scim.String {
			return scim.InvalidSyntax(name + " must be a string")
		}
	}
	switch o.Method {
	case Post, Put, Patch:
		if o.Data.Kind() != scim.Object {
			return scim.InvalidSyntax("data must be a JSON object: the body that a single " + o.Method + " would have")
		}
	case Delete:
	default:
		return scim.InvalidSyntax(fmt.Sprintf("method is %.20q; it must be POST, PUT, PATCH or DELETE", o.Method))
	}
	if o.Method == Post && o.BulkID == "" {
		return scim.InvalidSyntax("POST needs a bulkId")
	}
	return o.checkPath()
}

// checkPath requires /Users or /Groups for POST, and a resource below them for other methods.
func (o Operation) checkPath() *scim.Error {
	endpoint, id := o.Target()
	switch {
	case endpoint != "/Users" && endpoint != "/Groups":
		return scim.InvalidValue("path must be /Users, /Groups, /Users/{id} or /Groups/{id}")
	case o.Method == Post && id != "":
		return scim.InvalidValue("the path of POST must be /Users or /Groups, without an id")
	case o.Method != Post && (id == "" || id == ".search" || strings.Contains(id, "/")):
		return scim.InvalidValue("the path of " + o.Method + " must be /Users/{id} or /Groups/{id}")
	}
	return nil
}

// Target splits the path of an operation. id is "" for an endpoint.
func (o Operation) Target() (endpoint, id string) {
	rest, ok := strings.CutPrefix(o.Path, "/")
	if !ok {
		return "", ""
	}
	name, id, _ := strings.Cut(rest, "/")
	return "/" + name, id
}

// refuseRepeatedIDs refuses every operation whose bulkId an earlier one has: a reference
// would have two meanings.
func (r *Request) refuseRepeatedIDs() {
	first := map[string]int{}
	for i := range r.Operations {
		o := &r.Operations[i]
		if o.BulkID == "" {
			continue
		}
		if n, repeated := first[o.BulkID]; repeated && o.Err == nil {
			o.Err = scim.InvalidSyntax(
				fmt.Sprintf("operation %d has the same bulkId; each must be unique in the request", n+1),
			)
		} else if !repeated {
			first[o.BulkID] = i
		}
	}
}
