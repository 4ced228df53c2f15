// Command consumer-go is a Lambda function that stores the users of an application in a DynamoDB
// table, from the events on the bus.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func main() {
	settings, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(consumer{dynamodb.NewFromConfig(settings), os.Getenv("USERS_TABLE")}.handle)
}

type consumer struct {
	db    *dynamodb.Client
	table string
}

// event is the detail of a user's event.
type event struct {
	Type, Tenant string
	Sequence     json.Number
	Resource     struct {
		ID, UserName string
		Active       bool
	}
}

// handle stores a user. The bus delivers events in any order, and some of them twice, so handle
// ignores an event unless its sequence is newer than the stored one. Therefore a deleted user must
// stay in the table, without access.
func (c consumer) handle(ctx context.Context, message events.EventBridgeEvent) error {
	var e event
	if err := json.Unmarshal(message.Detail, &e); err != nil {
		return err
	}
	deleted := e.Type == "user.deleted"
	_, err := c.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &c.table,
		Key:       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: e.Resource.ID}},
		UpdateExpression: aws.String("SET tenant = :tenant, userName = :userName, " +
			"active = :active, deleted = :deleted, eventSequence = :sequence"),
		ConditionExpression: aws.String("attribute_not_exists(id) OR eventSequence < :sequence"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":tenant":   &types.AttributeValueMemberS{Value: e.Tenant},
			":userName": &types.AttributeValueMemberS{Value: e.Resource.UserName},
			":active":   &types.AttributeValueMemberBOOL{Value: e.Resource.Active && !deleted},
			":deleted":  &types.AttributeValueMemberBOOL{Value: deleted},
			":sequence": &types.AttributeValueMemberN{Value: e.Sequence.String()},
		},
	})
	if _, stale := errors.AsType[*types.ConditionalCheckFailedException](err); stale {
		return nil
	}
	return err // Lambda tries again, and then the event goes to the dead-letter queue
}
