package eventsource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/smithy-go"
)

// ErrNoStream says that the engine keeps no stream of the table.
var ErrNoStream = errors.New("the DynamoDB engine has no stream of the table")

// stream is the stream of a table in an engine.
type stream struct {
	client *dynamodbstreams.Client
	arn    string
}

// openStream finds the stream of a table. The error is ErrNoStream if there is none.
func openStream(ctx context.Context, account aws.Config, endpoint, table string) (*stream, error) {
	db := dynamodb.NewFromConfig(account, func(o *dynamodb.Options) {
		o.BaseEndpoint = &endpoint
		o.DisableValidateResponseChecksum = true // it warns of every error answer
	})
	out, err := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return nil, err
	}
	if out.Table.LatestStreamArn == nil {
		return nil, ErrNoStream
	}
	s := &stream{arn: *out.Table.LatestStreamArn}
	s.client = dynamodbstreams.NewFromConfig(account, func(o *dynamodbstreams.Options) { o.BaseEndpoint = aws.String(streamsEndpoint(endpoint)) })
	_, err = s.shards(ctx)
	if unknown, ok := errors.AsType[smithy.APIError](err); ok && strings.HasPrefix(unknown.ErrorCode(), "UnknownOperation") {
		return nil, fmt.Errorf("%w: %w", ErrNoStream, err)
	}
	return s, err
}

// streamsEndpoint is where an engine serves its streams: where it serves its
// tables, but for the service itself.
func streamsEndpoint(tables string) string {
	if strings.Contains(tables, "://dynamodb.") && strings.Contains(tables, ".amazonaws.") {
		return strings.Replace(tables, "://dynamodb.", "://streams.dynamodb.", 1)
	}
	return tables
}

// shards lists the shards of the stream, the old ones that still hold records included.
func (s *stream) shards(ctx context.Context) ([]types.Shard, error) {
	var all []types.Shard
	in := &dynamodbstreams.DescribeStreamInput{StreamArn: &s.arn}
	for {
		out, err := s.client.DescribeStream(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, out.StreamDescription.Shards...)
		if in.ExclusiveStartShardId = out.StreamDescription.LastEvaluatedShardId; in.ExclusiveStartShardId == nil {
			return all, nil
		}
	}
}

// iterator stands behind a record of a shard, or before the first one.
func (s *stream) iterator(ctx context.Context, shard, after string) (*string, error) {
	in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &s.arn, ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
	if after != "" {
		in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &after
	}
	out, err := s.client.GetShardIterator(ctx, in)
	if err != nil {
		return nil, err
	}
	return out.ShardIterator, nil
}

// read returns the records at an iterator, and the next one: nil at the end of a closed shard.
func (s *stream) read(ctx context.Context, iterator *string) ([]types.Record, *string, error) {
	out, err := s.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator})
	if err != nil {
		return nil, nil, err
	}
	return out.Records, out.NextShardIterator, nil
}
