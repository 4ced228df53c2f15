package testkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

// Stream reads the stream of a table, as DynamoDB Local keeps it.
type Stream struct {
	endpoint, arn string
	next          map[string]string // by shard: where to continue
}

// StreamedTable is Table for a table that has its stream, as infra/storage.yaml declares it.
func StreamedTable(tb testing.TB) (name string, s *Stream) {
	tb.Helper()
	return newTable(tb, true)
}

// Records returns the records that have come since the last call, in their order, as Lambda
// passes them to a function.
func (s *Stream) Records(tb testing.TB) (all []json.RawMessage) {
	tb.Helper()
	var stream struct {
		StreamDescription struct{ Shards []struct{ ShardId string } }
	}
	s.call(tb, "DescribeStream", map[string]any{"StreamArn": s.arn}, &stream)
	for _, shard := range stream.StreamDescription.Shards {
		all = append(all, s.shard(tb, shard.ShardId)...)
	}
	return all
}

// shard reads a shard from where the last call ended.
func (s *Stream) shard(tb testing.TB, id string) (all []json.RawMessage) {
	tb.Helper()
	at, known := s.next[id]
	if !known {
		var first struct{ ShardIterator string }
		s.call(tb, "GetShardIterator", map[string]any{
			"StreamArn": s.arn, "ShardId": id, "ShardIteratorType": "TRIM_HORIZON",
		}, &first)
		at = first.ShardIterator
	}
	for at != "" {
		var page struct {
			Records           []json.RawMessage
			NextShardIterator string
		}
		s.call(tb, "GetRecords", map[string]any{"ShardIterator": at}, &page)
		all, at = append(all, page.Records...), page.NextShardIterator
		if len(page.Records) == 0 {
			break
		}
	}
	s.next[id] = at
	return all
}

// call calls the API of DynamoDB Streams. The engine checks only the form of a signature.
func (s *Stream) call(tb testing.TB, operation string, in map[string]any, out any) {
	tb.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		tb.Fatal(err)
	}
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodPost, s.endpoint, bytes.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDBStreams_20120810."+operation)
	r.Header.Set("X-Amz-Date", "20260101T000000Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, "+
		"SignedHeaders=host;x-amz-date;x-amz-target, Signature=0")
	answer, err := (&http.Client{Timeout: time.Minute}).Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	if err == nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		tb.Fatalf("%s: %v", operation, err)
	}
}
