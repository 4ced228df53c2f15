package changes

import (
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
	"scimserver/shared/outbox"
)

// streamRecord reads a record of the stream. The old image of a modified item may be missing if the
// record does not come from DynamoDB Streams, as in the local stack: then the old item is unknown.
func streamRecord(record events.DynamoDBEventRecord) (r directory.StreamRecord, err error) {
	c := record.Change
	r.Before, r.After = image(c.OldImage), image(c.NewImage)
	r.Unknown = r.Before == nil && record.EventName == string(events.DynamoDBOperationTypeModify)
	r.PK, r.SK, err = keys(c)
	r.Record = outbox.Record{
		ID: r.PK + "\x00" + r.SK + "\x00" + c.SequenceNumber,
		At: c.ApproximateCreationDateTime.Time,
	}
	return r, err
}

func image(item map[string]events.DynamoDBAttributeValue) *directory.Image {
	if len(item) == 0 {
		return nil
	}
	return &directory.Image{
		Doc: attribute(item, "doc"), Password: attribute(item, "password"), Log: attribute(item, "log"),
		Modified: attribute(item, "modified"),
		Created:  attribute(item, "created"), Version: number(item, "version"), Verified: attribute(item, "verified"),
		DeletedAt: attribute(item, "deleting"), Released: attribute(item, "released"),
		Connected: has(item, "connected"),
	}
}

// attribute returns a string attribute, or "" if the item has none.
func attribute(item map[string]events.DynamoDBAttributeValue, name string) string {
	if value, ok := item[name]; ok && value.DataType() == events.DataTypeString {
		return value.String()
	}
	return ""
}

// number returns a number attribute, or 0 if the item has none.
func number(item map[string]events.DynamoDBAttributeValue, name string) int64 {
	if value, ok := item[name]; ok && value.DataType() == events.DataTypeNumber {
		n, _ := strconv.ParseInt(value.Number(), 10, 64)
		return n
	}
	return 0
}
