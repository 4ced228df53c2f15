package changes

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/events"

	"scimserver/shared/directory"
)

// follow handles the provisioning requests of a batch together. After an error all their
// records count as failed.
func (r *run) follow(ctx context.Context, records []events.DynamoDBEventRecord) {
	var all []directory.StreamChange
	var from []int
	for i, record := range records {
		tr, ok, err := trace(record)
		if err != nil {
			r.fail(i, err)
		}
		if ok {
			all, from = append(all, tr), append(from, i)
		}
	}
	if len(all) == 0 {
		return
	}
	r.provisioned = len(all)
	if err := errors.Join(r.WriteLog(ctx, all), r.CloseConflicts(ctx, all)); err != nil {
		for _, i := range from {
			r.fail(i, err)
		}
	}
}

// trace reads what a provisioning request left behind in a record.
// What an item was that was changed may be unknown, where records are handed in anew:
// then no attribute counts as changed.
func trace(record events.DynamoDBEventRecord) (tr directory.StreamChange, ok bool, err error) {
	c := record.Change
	if !has(c.NewImage, "log") {
		return tr, false, nil
	}
	pk, sk, err := keys(c)
	if err != nil {
		return tr, false, err
	}
	before, after := image(c.OldImage), image(c.NewImage)
	if before == nil && record.EventName == string(events.DynamoDBOperationTypeModify) {
		same := *after
		same.Log, before = "", &same
	}
	return directory.ReadStreamChange(pk, sk, before, after)
}

func image(item map[string]events.DynamoDBAttributeValue) *directory.Image {
	if len(item) == 0 {
		return nil
	}
	return &directory.Image{
		Doc: attribute(item, "doc"), Password: attribute(item, "password"), Log: attribute(item, "log"),
		Modified: attribute(item, "modified"), Deleting: has(item, "deleting"),
	}
}

// attribute returns a string attribute, or "" if the item has none.
func attribute(item map[string]events.DynamoDBAttributeValue, name string) string {
	if value, ok := item[name]; ok && value.DataType() == events.DataTypeString {
		return value.String()
	}
	return ""
}
