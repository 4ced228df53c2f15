package canned

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// UserID is the id of the user in Answers.
const UserID = "6b58232c-adff-4daa-a434-d66fbcea5404"

// Answers maps operations to answers. The key for a query also names the section of the table: "Query USER". It is
// the transport of a client.
type Answers map[string]string

// NewAnswers returns the answers of a table with a user, whose stored document is doc. The user
// is in no group, fills a page of 100, and owns each claim that is read.
func NewAnswers(doc string) (Answers, error) {
	item := map[string]any{
		"PK": text("T#acme#USER"), "SK": text(UserID), "doc": text(doc), "version": number("1"),
		"created": text("2026-11-23T13:20:14.154Z"), "modified": text("2026-11-23T13:20:14.154Z"),
		"fold": number("1"), "scope": text("SYSTEM"), "n": number("1"),
		"kind": text("user"), "tenant": text("acme"), "owner": text(UserID),
	}
	page := make([]any, 100)
	for i := range page {
		page[i] = item
	}
	a := Answers{
		"Query MEMBEROF": `{"Items":[]}`, "Query PAGE": `{"Items":[]}`,
		"PutItem": "{}", "UpdateItem": "{}", "TransactWriteItems": "{}",
	}
	for name, value := range map[string]any{
		"GetItem":     map[string]any{"Item": item},
		"Query USER":  map[string]any{"Items": page},
		"Query COUNT": map[string]any{"Items": page[:1]},
	} {
		body, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		a[name] = string(body)
	}
	return a, nil
}

func text(s string) map[string]string   { return map[string]string{"S": s} }
func number(s string) map[string]string { return map[string]string{"N": s} }

// RoundTrip implements http.RoundTripper. It finds what it needs of a call in the text, because a benchmark counts
// its time: to parse the JSON of a create would take a quarter of it.
func (a Answers) RoundTrip(r *http.Request) (*http.Response, error) {
	call, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, name, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if name == "Query" {
		_, rest, _ := strings.Cut(string(call), `":pk":{"S":"`)
		key, _, _ := strings.Cut(rest, `"`)
		name += " " + section(key)
	}
	body, known := a[name]
	if !known {
		return nil, fmt.Errorf("no answer to %s", name)
	}
	return respond(r, body), nil
}
