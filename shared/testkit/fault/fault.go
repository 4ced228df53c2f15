// Package fault makes a DynamoDB engine fail as DynamoDB can, at the HTTP transport of the
// AWS SDK: below all code under test and above a real engine. DynamoDB Local alone never
// cancels a transaction for a conflict, never throttles, and never loses an answer.
//
//	http.Client{Transport: fault.ItemLocks(http.DefaultTransport, hold)}
//	http.Client{Transport: fault.Script(http.DefaultTransport, rules...)}
package fault

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// call is one request to DynamoDB with its body.
type call struct {
	request   *http.Request
	operation string // "PutItem"
	body      []byte
}

func readCall(r *http.Request) (*call, error) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c := &call{request: r, operation: operation}
	if r.Body == nil {
		return c, nil
	}
	var err error
	if c.body, err = io.ReadAll(r.Body); err != nil {
		return nil, err
	}
	return c, r.Body.Close()
}

// send passes the call on unchanged.
func (c *call) send(next http.RoundTripper) (*http.Response, error) {
	r := c.request.Clone(c.request.Context())
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	return next.RoundTrip(r)
}

// refuse answers in place of DynamoDB, in its JSON 1.0 protocol.
func (c *call) refuse(status int, exception string, fields map[string]any) (*http.Response, error) {
	answer := map[string]any{"__type": "com.amazonaws.dynamodb.v20120810#" + exception}
	for name, value := range fields {
		answer[name] = value
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: fmt.Sprint(status, " ", http.StatusText(status)), StatusCode: status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
		Request:       c.request,
	}, nil
}

// cancel refuses a transaction. codes has a code for each of its items, in their order: "None" for an item without a
// fault.
func (c *call) cancel(codes []string) (*http.Response, error) {
	reasons := make([]map[string]string, len(codes))
	for i, code := range codes {
		reasons[i] = map[string]string{"Code": code}
		if code != none {
			reasons[i]["Message"] = reasonMessage(code)
		}
	}
	return c.refuse(http.StatusBadRequest, "TransactionCanceledException", map[string]any{
		"Message": "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(
			codes,
			", ",
		) + "]",
		"CancellationReasons": reasons,
	})
}

const (
	none     = "None"
	conflict = "TransactionConflict"
)

func reasonMessage(code string) string {
	if code == conflict {
		return "Transaction is ongoing for the item"
	}
	return "Request rate is too high, reduce the rate of requests"
}
