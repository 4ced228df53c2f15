package journal

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

// allNew is the ReturnValues that returns the whole updated item.
const allNew = "ALL_NEW"

// addsItem reports whether the journal asks for the item that an UpdateItem writes, because its caller
// asks for nothing.
func (c *call) addsItem() bool {
	return c.operation == "UpdateItem" && c.asks == "" && len(c.writes) == 1
}

// setBody gives the request the body of the call, with ReturnValues if the journal adds it.
func (c *call) setBody(r *http.Request) {
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

// receive takes the new image of an UpdateItem from its answer. It returns the answer as the
// caller has asked for it.
func (c *call) receive(answer *http.Response) (*http.Response, error) {
	if len(c.writes) == 0 || !c.addsItem() && c.asks != allNew {
		return answer, nil
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return nil, err
	}
	c.writes[0].setReturned(body)
	if c.addsItem() {
		if body, err = withoutItem(body); err != nil {
			return nil, err
		}
	}
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	answer.Header.Del("Content-Length")
	answer.Header.Del("X-Amz-Crc32") // of the body that the engine has sent
	return answer, nil
}

func withoutItem(answer []byte) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(answer, &members); err != nil {
		return nil, err
	}
	delete(members, "Attributes")
	return json.Marshal(members)
}
