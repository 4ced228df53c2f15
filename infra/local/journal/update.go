package journal

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// allNew asks an UpdateItem for the item as it is afterwards.
const allNew = "ALL_NEW"

// addsItem reports whether the journal asks for the item that an UpdateItem writes, because its caller
// asks for nothing.
func (c *call) addsItem() bool {
	return c.operation == "UpdateItem" && c.asks == "" && len(c.writes) == 1
}

// sendWith gives the request the body of the call.
func (c *call) sendWith(r *http.Request) {
	body := c.body
	if c.addsItem() {
		body = withReturnValues(body)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
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

// receive takes the new image of an UpdateItem from its answer, and leaves in the answer what the caller
// has asked for.
func (c *call) receive(answer *http.Response) error {
	if !c.addsItem() && c.asks != allNew {
		return nil
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	for i := range c.writes {
		c.writes[i].returned(body)
	}
	if err == nil && c.addsItem() {
		body, err = withoutItem(body)
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
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
