package ddblocal

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// Committed makes an acknowledged transaction durable, for an engine with a DataDir.
// DynamoDB Local answers TransactWriteItems a few milliseconds before its database
// commits, and a kill in between loses the whole transaction (measured: the last one in 6
// of 6 kills; plain writes in 0 of 6). The engine works on its database in one queue, so
// the answer is held until a read that was queued after the commit is answered.
func Committed(next http.RoundTripper) http.RoundTripper { return committed{next} }

type committed struct{ next http.RoundTripper }

const (
	targetHeader = "X-Amz-Target"
	apiVersion   = "DynamoDB_20120810."
)

func (c committed) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get(targetHeader) != apiVersion+"TransactWriteItems" {
		return c.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_ = r.Body.Close()
	res, err := c.next.RoundTrip(withBody(r, body))
	if err != nil || res.StatusCode != http.StatusOK {
		return res, err
	}
	if err := c.await(r, body); err != nil {
		_ = res.Body.Close()
		return nil, err
	}
	return res, nil
}

// await reads one item of the transaction's table. The engine does not check signatures,
// so the headers of the transaction can be used.
func (c committed) await(r *http.Request, transaction []byte) error {
	var in struct {
		TransactItems []map[string]struct{ TableName string }
	}
	if err := json.Unmarshal(transaction, &in); err != nil {
		return err
	}
	for _, action := range in.TransactItems {
		for _, target := range action {
			return c.read(r, target.TableName)
		}
	}
	return nil
}

func (c committed) read(r *http.Request, table string) error {
	body, err := json.Marshal(map[string]any{"TableName": table, "Limit": 1, "ConsistentRead": true})
	if err != nil {
		return err
	}
	scan := withBody(r, body)
	scan.Header.Set(targetHeader, apiVersion+"Scan")
	res, err := c.next.RoundTrip(scan)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return err
}

func withBody(r *http.Request, body []byte) *http.Request {
	clone := r.Clone(r.Context())
	clone.Body, clone.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	clone.Header.Del("Content-Length")
	return clone
}
