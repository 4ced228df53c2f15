// Package charge corrects the capacity that DynamoDB Local reports. If a transaction has
// several kinds of actions, the engine counts only one kind. DynamoDB charges each action
// two write units for each started kilobyte of its item.
package charge

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// Transactions corrects the ConsumedCapacity in answers to TransactWriteItems. It assumes
// that the items of updates, deletes and condition checks have at most one kilobyte,
// because the request does not show their size.
func Transactions(next http.RoundTripper) http.RoundTripper { return transactions{next} }

type transactions struct{ next http.RoundTripper }

func (t transactions) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
		return t.next.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer, err := t.next.RoundTrip(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		return answer, err
	}
	return recount(answer, body)
}

// recount replaces the total, which the service reports for each table.
func recount(answer *http.Response, request []byte) (*http.Response, error) {
	defer answer.Body.Close()
	var fields map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&fields); err != nil {
		return nil, err
	}
	if tables, ok := fields["ConsumedCapacity"].([]any); ok && len(tables) == 1 {
		tables[0].(map[string]any)["CapacityUnits"] = units(request)
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return nil, err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	answer.ContentLength = int64(len(body))
	answer.Header.Set("Content-Length", strconv.Itoa(len(body)))
	answer.Header.Del("X-Amz-Crc32")
	return answer, nil
}

// units adds up the actions of a transaction.
func units(request []byte) (sum float64) {
	var in struct {
		TransactItems []struct {
			Put struct{ Item json.RawMessage }
		}
	}
	if json.Unmarshal(request, &in) != nil {
		return 0
	}
	for _, action := range in.TransactItems {
		kilobytes := max(1, (itemSize(action.Put.Item)+1023)/1024)
		sum += float64(2 * kilobytes)
	}
	return sum
}

// itemSize is the size of an item of strings as DynamoDB counts it: the bytes of names and
// values.
func itemSize(item json.RawMessage) (size int) {
	var attributes map[string]map[string]any
	if json.Unmarshal(item, &attributes) != nil {
		return 0
	}
	for name, value := range attributes {
		size += len(name)
		for _, v := range value {
			if s, ok := v.(string); ok {
				size += len(s)
			}
		}
	}
	return size
}
