package table

import (
	"context"
	"crypto/rand"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// attributes is an item in the form of the SDK.
type attributes = map[string]types.AttributeValue

// sendOnce sends one write in a call of its own. For an update with returnNew it returns
// the whole item after the write.
func (db *DB) sendOnce(ctx context.Context, w Write) (attributes, *types.ConsumedCapacity, error) {
	const old, total = types.ReturnValuesOnConditionCheckFailureAllOld, types.ReturnConsumedCapacityTotal
	e := w.expression()
	switch w.op {
	case put:
		out, err := db.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &db.name, Item: encodeItem(w.Key, w.Set),
			ConditionExpression: e.condition, ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
			ReturnValuesOnConditionCheckFailure: old, ReturnConsumedCapacity: total})
		if err != nil {
			return nil, nil, err
		}
		return nil, out.ConsumedCapacity, nil
	case update:
		out, err := db.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &db.name, Key: encodeKey(w.Key),
			UpdateExpression: e.update, ConditionExpression: e.condition, ExpressionAttributeNames: e.names,
			ExpressionAttributeValues: e.values, ReturnValuesOnConditionCheckFailure: old,
			ReturnConsumedCapacity: total,
			ReturnValues:           w.returned()})
		if err != nil {
			return nil, nil, err
		}
		return out.Attributes, out.ConsumedCapacity, nil
	}
	out, err := db.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &db.name, Key: encodeKey(w.Key),
		ConditionExpression: e.condition, ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
		ReturnValuesOnConditionCheckFailure: old, ReturnConsumedCapacity: total})
	if err != nil {
		return nil, nil, err
	}
	return nil, out.ConsumedCapacity, nil
}

func (w Write) returned() types.ReturnValue {
	if w.returnNew {
		return types.ReturnValueAllNew
	}
	return types.ReturnValueNone
}

// transaction makes the input of a transaction, with an idempotency token of its own:
// DynamoDB accepts a repeated token with the same input only.
func (db *DB) transaction(writes []Write) *dynamodb.TransactWriteItemsInput {
	token := rand.Text()
	in := &dynamodb.TransactWriteItemsInput{
		ClientRequestToken:     &token,
		TransactItems:          make([]types.TransactWriteItem, len(writes)),
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal,
	}
	for i, w := range writes {
		in.TransactItems[i] = db.action(w)
	}
	return in
}

func (db *DB) action(w Write) types.TransactWriteItem {
	const old = types.ReturnValuesOnConditionCheckFailureAllOld
	e := w.expression()
	switch w.op {
	case put:
		return types.TransactWriteItem{Put: &types.Put{
			TableName: &db.name, Item: encodeItem(w.Key, w.Set), ConditionExpression: e.condition,
			ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
			ReturnValuesOnConditionCheckFailure: old,
		}}
	case check:
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: &db.name, Key: encodeKey(w.Key), ConditionExpression: e.condition,
			ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
			ReturnValuesOnConditionCheckFailure: old,
		}}
	case update:
		return types.TransactWriteItem{Update: &types.Update{
			TableName: &db.name, Key: encodeKey(w.Key), UpdateExpression: e.update, ConditionExpression: e.condition,
			ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
			ReturnValuesOnConditionCheckFailure: old,
		}}
	}
	return types.TransactWriteItem{Delete: &types.Delete{
		TableName: &db.name, Key: encodeKey(w.Key), ConditionExpression: e.condition,
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
		ReturnValuesOnConditionCheckFailure: old,
	}}
}
