package table

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// useUpToken makes sure that a refused transaction stays refused. An earlier attempt of it that got
// no answer may still arrive, and would succeed if its conditions hold by then. So useUpToken spends
// the idempotency token on a transaction that changes nothing: it checks that a made-up item does
// not exist in the partition pk, to which the caller has access. For ten minutes DynamoDB refuses
// the token with any other input, and the signature of the late attempt expires before that. It
// returns the refusal, or nil if the transaction has been carried out, or an error if that is
// unknown.
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
