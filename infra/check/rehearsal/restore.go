package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The restore drill of infra/docs/runbook.md, section "Restore", with the numbers of its steps.

// copyTable is step 2. It fails if the copy has settings that it lacks according to the runbook,
// because the runbook would then be out of date.
func (r *rehearsal) copyTable(ctx context.Context) (string, error) {
	if _, err := r.tables.RestoreTableToPointInTime(ctx, &dynamodb.RestoreTableToPointInTimeInput{
		SourceTableName: &r.table, TargetTableName: aws.String(copyName), UseLatestRestorableTime: aws.Bool(true),
	}); err != nil {
		return "", err
	}
	describe := &dynamodb.DescribeTableInput{TableName: aws.String(copyName)}
	soon := func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = time.Second }
	if err := dynamodb.NewTableExistsWaiter(r.tables, soon).Wait(ctx, describe, time.Minute); err != nil {
		return "", err
	}
	has, err := r.settings(ctx, copyName)
	if err == nil && has != (tableSettings{}) {
		err = fmt.Errorf("the copy has settings that it lacks according to the runbook: %+v", has)
	}
	return "table " + copyName + ", without stream, TTL, recovery and protection", err
}

// tableSettings are the settings that a copy lacks.
type tableSettings struct {
	stream    string // the ARN of the stream
	ttl       string // the name of the TTL attribute
	recovery  bool
	protected bool
}

func (r *rehearsal) settings(ctx context.Context, name string) (has tableSettings, err error) {
	table, err := r.tables.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name})
	if err != nil {
		return has, err
	}
	has.protected = aws.ToBool(table.Table.DeletionProtectionEnabled)
	if s := table.Table.StreamSpecification; s != nil && aws.ToBool(s.StreamEnabled) {
		has.stream = aws.ToString(table.Table.LatestStreamArn)
	}
	ttl, err := r.tables.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: &name})
	if err != nil {
		return has, err
	}
	has.ttl = aws.ToString(ttl.TimeToLiveDescription.AttributeName)
	backups, err := r.tables.DescribeContinuousBackups(ctx, &dynamodb.DescribeContinuousBackupsInput{TableName: &name})
	if err != nil {
		return has, err
	}
	if d := backups.ContinuousBackupsDescription.PointInTimeRecoveryDescription; d != nil {
		has.recovery = d.PointInTimeRecoveryStatus == types.PointInTimeRecoveryStatusEnabled
	}
	return has, nil
}

// setUpCopy is step 3.
func (r *rehearsal) setUpCopy(ctx context.Context) (string, error) {
	name := aws.String(copyName)
	ttl := &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)}
	recovery := &types.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(true)}
	_, streams := r.tables.UpdateTable(ctx, &dynamodb.UpdateTableInput{
		TableName: name, DeletionProtectionEnabled: aws.Bool(true),
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	})
	_, expires := r.tables.UpdateTimeToLive(ctx,
		&dynamodb.UpdateTimeToLiveInput{TableName: name, TimeToLiveSpecification: ttl})
	_, recovers := r.tables.UpdateContinuousBackups(ctx,
		&dynamodb.UpdateContinuousBackupsInput{TableName: name, PointInTimeRecoverySpecification: recovery})
	if err := errors.Join(streams, expires, recovers); err != nil {
		return "", err
	}
	has, err := r.settings(ctx, copyName)
	if err == nil && (has.stream == "" || has.ttl != "expires" || !has.recovery || !has.protected) {
		err = fmt.Errorf("the copy has only %+v", has)
	}
	r.copyStream = has.stream
	return "stream, TTL, recovery and protection are on", err
}

// verify is step 4. It also runs after other steps, to show that the table is consistent.
func (r *rehearsal) verify(table func() string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		out, err := r.operator.Run(ctx, "verify", "-table", table())
		if err == nil && !strings.Contains(out, "nothing is wrong") {
			err = fmt.Errorf("verify printed %s", out)
		}
		return "table " + table() + ": nothing is wrong", err
	}
}

// switchTable is step 6: the stack keeps its URL, and uses the copy.
func (r *rehearsal) switchTable(ctx context.Context) (string, error) {
	r.oldTable, r.table, r.stream = r.table, copyName, r.copyStream
	return "stack " + stackName + " with table " + copyName, r.deploy(ctx, stackName, r.template, nil)
}

// findOnlyEarly checks that the users from before the copy exist, and a later user does not.
func (r *rehearsal) findOnlyEarly(late string, early ...string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		if _, err := r.findUsers(late)(ctx); err == nil {
			return "", fmt.Errorf("user %s exists, although it was created after the copy", late)
		}
		found, err := r.findUsers(early...)(ctx)
		return found + "; without " + late, err
	}
}
