package canned

import (
	"encoding/json"
	"fmt"
	"strings"
)

// UserID is the id of the user in Answers.
const UserID = "6b58232c-adff-4daa-a434-d66fbcea5404"

// Answers maps operations to answers. The key for a query also names the section of the table: "Query USER".
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

// Answer returns the answer to a call. It is a Transport.
func (a Answers) Answer(c Call) (string, error) {
	body, ok := a[strings.TrimSpace(c.Operation+" "+c.Section)]
	if !ok {
		return "", fmt.Errorf("no answer to %s %s", c.Operation, c.Section)
	}
	return body, nil
}
