package dynamo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// Item reads an item from the engine with strong consistency, without policies and faults,
// nil if it does not exist. Key and item are in DynamoDB's JSON.
func (p *Proxy) Item(ctx context.Context, table string, key map[string]any) (map[string]any, error) {
	body, err := json.Marshal(map[string]any{"TableName": table, "Key": key, "ConsistentRead": true})
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {"DynamoDB_20120810.GetItem"}}
	call, err := p.signed(ctx, header, body)
	if err != nil {
		return nil, err
	}
	res, err := p.engine.RoundTrip(call)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the engine does not show the item: %d %s", res.StatusCode, answer)
	}
	var got struct{ Item map[string]any }
	err = json.Unmarshal(answer, &got)
	return got.Item, err
}
