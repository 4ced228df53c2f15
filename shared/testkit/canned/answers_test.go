package canned

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// send sends a call to a and returns the answer.
func send(a Answers, operation, body string) (string, error) {
	r, err := http.NewRequest(http.MethodPost, "http://dynamodb", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+operation)
	answer, err := a.RoundTrip(r)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}

func TestAnswers(t *testing.T) {
	a, err := NewAnswers(`{"userName":"ada"}`)
	if err != nil {
		t.Fatal(err)
	}
	text, err := send(a, "Query", `{"ExpressionAttributeValues":{":pk":{"S":"T#acme#USER"}},"TableName":"t"}`)
	if err != nil {
		t.Fatal(err)
	}
	var page struct {
		Items []struct{ Doc struct{ S string } }
	}
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		t.Fatal(err)
	}
	if len(page.Items) != 100 || page.Items[99].Doc.S != `{"userName":"ada"}` {
		t.Errorf("%d users; %.300s", len(page.Items), text)
	}
	if _, err := send(a, "DeleteItem", "{}"); err == nil || !strings.Contains(err.Error(), "DeleteItem") {
		t.Errorf("err = %v, want one that names the call", err)
	}
}
