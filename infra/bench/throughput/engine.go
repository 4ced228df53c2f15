package throughput

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
)

// engine sends recorded calls to the engine again, for another table.
type engine struct {
	url      string
	from, to string // the recorded table, and the one that the calls are sent for
}

// rewritten returns a call for the other table. The token of a transaction is a new one: with
// the recorded one the engine would take it for a repetition with other parameters.
func (e engine) rewritten(c call, n int) call {
	token := regexp.MustCompile(`"ClientRequestToken":"[^"]*"`)
	body := bytes.ReplaceAll(c.body, []byte(`"`+e.from+`"`), []byte(`"`+e.to+`"`))
	body = token.ReplaceAll(body, []byte(`"ClientRequestToken":"again-`+strconv.Itoa(n)+`"`))
	return call{header: c.header, body: body}
}

func (e engine) send(ctx context.Context, client *http.Client, c call) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(c.body))
	if err != nil {
		return err
	}
	r.Header = c.header
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", c.header.Get("X-Amz-Target"), answer.Status, text)
	}
	return err
}
