package canned

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAnswers(t *testing.T) {
	a, err := NewAnswers(`{"userName":"ada"}`)
	if err != nil {
		t.Fatal(err)
	}
	text, err := a.Answer(Call{Operation: "Query", Section: "USER"})
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
	if _, err := a.Answer(Call{Operation: "DeleteItem"}); err == nil || !strings.Contains(err.Error(), "DeleteItem") {
		t.Errorf("err = %v, want one that names the call", err)
	}
}
