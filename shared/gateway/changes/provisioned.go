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
		change, ok, err := provisioningChange(record)
		if err != nil {
			r.fail(i, err)
		}
		if ok {
			all, from = append(all, change), append(from, i)
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

// provisioningChange reads the change of a provisioning request from a record. If the item before
// the change is unknown, no attribute counts as changed.
func provisioningChange(record events.DynamoDBEventRecord) (change directory.StreamChange, ok bool, err error) {
	if !has(record.Change.NewImage, "log") {
		return change, false, nil
	}
	r, err := streamRecord(record)
	if err != nil {
		return change, false, err
	}
	if r.Unknown {
		same := *r.After
		same.Log, r.Before = "", &same
	}
	return directory.ReadStreamChange(r.PK, r.SK, r.Before, r.After)
}
