// Package canned answers DynamoDB's calls from memory, at the transport of the AWS SDK, for
// benchmarks: they measure the service's code and the SDK, without an engine.
package canned

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// User is a user of 1.2 KB, as a provider sends it.
const User = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],` +
	`"externalId":"0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef","userName":"barbara.jensen@example.com",` +
	`"active":true,"displayName":"Barbara Jensen","title":"Tour Guide",` +
	`"name":{"formatted":"Ms. Barbara J Jensen, III","familyName":"Jensen","givenName":"Barbara",` +
	`"middleName":"Jane","honorificPrefix":"Ms.","honorificSuffix":"III"},` +
	`"emails":[{"value":"barbara.jensen@example.com","type":"work","primary":true},` +
	`{"value":"babs@jensen.org","type":"home"}],"phoneNumbers":[{"value":"tel:+1-201-555-0123",` +
	`"type":"work"},{"value":"tel:+1-201-555-0124","type":"mobile"}],"addresses":[{"type":"work",` +
	`"streetAddress":"100 Universal City Plaza","locality":"Hollywood","region":"CA",` +
	`"postalCode":"91608","country":"US","primary":true}],"preferredLanguage":"en-US","locale":"en-US",` +
	`"timezone":"America/Los_Angeles",` +
	`"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"701984",` +
	`"costCenter":"4130","organization":"Universal Studios","division":"Theme Park",` +
	`"department":"Tour Operations","manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"}}}`

// Call is a call of DynamoDB.
type Call struct {
	Operation string `json:"-"` // such as "Query"
	Section   string `json:"-"` // of a query: the third part of the partition key, such as "USER"

	ExpressionAttributeValues map[string]struct{ S string }
	ExclusiveStartKey         map[string]struct{ S string }
	Limit                     int
	ProjectionExpression      string
	Item                      json.RawMessage
}

// Transport returns the JSON of the answer to a call.
type Transport func(Call) (string, error)

// RoundTrip implements http.RoundTripper.
func (answer Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	var c Call
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return nil, err
	}
	_, c.Operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c.Section = section(c.ExpressionAttributeValues[":pk"].S)
	body, err := answer(c)
	if err != nil {
		return nil, err
	}
	return respond(r, body), nil
}

// section returns the third part of a partition key, or "".
func section(key string) string {
	return strings.SplitN(key+"##", "#", 4)[2]
}

func respond(r *http.Request, body string) *http.Response {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
