package eventsource

import (
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
)

// record makes what the function sees of a record of the stream.
func (m *Mapping) record(r types.Record) (record, error) {
	created := aws.ToTime(r.Dynamodb.ApproximateCreationDateTime)
	event := events.DynamoDBEventRecord{
		AWSRegion: m.region,
		Change: events.DynamoDBStreamRecord{
			ApproximateCreationDateTime: events.SecondsEpochTime{Time: created},
			Keys:                        attributes(r.Dynamodb.Keys),
			NewImage:                    attributes(r.Dynamodb.NewImage),
			OldImage:                    attributes(r.Dynamodb.OldImage),
			SequenceNumber:              aws.ToString(r.Dynamodb.SequenceNumber),
			SizeBytes:                   aws.ToInt64(r.Dynamodb.SizeBytes),
			StreamViewType:              string(r.Dynamodb.StreamViewType),
		},
		EventID:        aws.ToString(r.EventID),
		EventName:      string(r.EventName),
		EventSource:    aws.ToString(r.EventSource),
		EventVersion:   aws.ToString(r.EventVersion),
		EventSourceArn: m.properties.Stream,
	}
	if u := r.UserIdentity; u != nil {
		event.UserIdentity = &events.DynamoDBUserIdentity{Type: aws.ToString(u.Type), PrincipalID: aws.ToString(u.PrincipalId)}
	}
	data, err := json.Marshal(event)
	return record{sequence: event.Change.SequenceNumber, created: created, json: data}, err
}

func attributes(all map[string]types.AttributeValue) map[string]events.DynamoDBAttributeValue {
	if all == nil {
		return nil
	}
	out := make(map[string]events.DynamoDBAttributeValue, len(all))
	for name, v := range all {
		out[name] = attribute(v)
	}
	return out
}

func attribute(v types.AttributeValue) events.DynamoDBAttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return events.NewStringAttribute(v.Value)
	case *types.AttributeValueMemberN:
		return events.NewNumberAttribute(v.Value)
	case *types.AttributeValueMemberB:
		return events.NewBinaryAttribute(v.Value)
	case *types.AttributeValueMemberBOOL:
		return events.NewBooleanAttribute(v.Value)
	case *types.AttributeValueMemberSS:
		return events.NewStringSetAttribute(v.Value)
	case *types.AttributeValueMemberNS:
		return events.NewNumberSetAttribute(v.Value)
	case *types.AttributeValueMemberBS:
		return events.NewBinarySetAttribute(v.Value)
	case *types.AttributeValueMemberM:
		return events.NewMapAttribute(attributes(v.Value))
	case *types.AttributeValueMemberL:
		list := make([]events.DynamoDBAttributeValue, len(v.Value))
		for i, one := range v.Value {
			list[i] = attribute(one)
		}
		return events.NewListAttribute(list)
	}
	return events.NewNullAttribute()
}
