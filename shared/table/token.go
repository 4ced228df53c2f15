package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// useUpToken makes sure that a refused transaction stays refused. An earlier attempt that got no
// answer may arrive later, when its conditions hold. DynamoDB accepts a token for one input only,
// for ten minutes, and a request only within the minutes for which its signature is valid. So
// another transaction, which changes nothing, takes the token: it checks that an item of the
// partition pk does not exist, to which the caller has access. useUpToken returns the refusal, or
// nil if the transaction has been carried out, or an ErrUnavailable if that is unknown.
func (db *DB) useUpToken(ctx context.Context, in *dynamodb.TransactWriteItemsInput, pk string, refusal error) error {
	absent := Key{PK: pk, SK: "NOTHING#" + *in.ClientRequestToken}
	nothing := db.transaction([]Write{Check(absent, "attribute_not_exists(PK)", nil)})
	nothing.ClientRequestToken = in.ClientRequestToken
	err := db.sendTransaction(ctx, nothing)
	if err == nil {
		return refusal
	}
	if used := (*types.IdempotentParameterMismatchException)(nil); !errors.As(err, &used) {
		return err
	}
	// An earlier attempt has used the token, so it was carried out: DynamoDB repeats its answer.
	if err = db.sendTransaction(ctx, in); err != nil && !errors.Is(err, ErrUnavailable) {
		err = fmt.Errorf("%w: it is unknown whether a transaction was carried out: %w", ErrUnavailable, err)
	}
	return err
}

// sendTransaction sends a transaction until its outcome is known. All attempts have the same token.
func (db *DB) sendTransaction(ctx context.Context, in *dynamodb.TransactWriteItemsInput) error {
	return db.retry(ctx, func(ctx context.Context, _ outcome) error {
		out, err := db.client.TransactWriteItems(ctx, in)
		if err == nil {
			countWrite(ctx, out.ConsumedCapacity...)
		}
		return err
	})
}
