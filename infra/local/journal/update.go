package journal

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// allNew asks an UpdateItem for the item as it is afterwards.
const allNew = "ALL_NEW"

// sendWith gives the request the body of the call. An UpdateItem that asks for nothing asks for the
// new image, which receive takes out of the answer again.
func (c *call) sendWith(r *http.Request) {
	body := c.body
	if c.operation == "UpdateItem" && c.asks() == "" {
		body = withReturnValues(body)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}

// asks returns what the caller of an UpdateItem wants to get back, "" for nothing.
func (c *call) asks() string {
	var o operand
	if err := json.Unmarshal(c.body, &o); err != nil || o.ReturnValues == "NONE" {
		return ""
	}
	return o.ReturnValues
}

func withReturnValues(body []byte) []byte {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil || members == nil {
		return body
	}
	members["ReturnValues"] = json.RawMessage(`"` + allNew + `"`)
	changed, err := json.Marshal(members)
	if err != nil {
		return body
	}
	return changed
}

// receive notes the answer to an UpdateItem, and leaves in it what the caller has asked for.
func (c *call) receive(answer *http.Response) (err error) {
	if c.operation != "UpdateItem" {
		return nil
	}
	c.answer, err = io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	passed := c.answer
	if err == nil && c.asks() == "" {
		passed, err = withoutItem(c.answer)
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(passed)), int64(len(passed))
	answer.Header.Del("Content-Length")
	answer.Header.Del("X-Amz-Crc32") // of the body that the engine has sent
	return err
}

func withoutItem(answer []byte) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(answer, &members); err != nil {
		return nil, err
	}
	delete(members, "Attributes")
	return json.Marshal(members)
}
