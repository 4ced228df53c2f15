package table

import (
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	// quotaSize is the quota of a process when it starts, and the most that it can have.
	quotaSize = 500
	// retryCost is what one retry costs: 100 retries use up the quota.
	retryCost = 5
	// callGain is what a call adds to the quota if it needed no retry.
	callGain = 1
)

// retryQuota bounds the retries of a process while DynamoDB is overloaded or out of reach,
// so that all processes together do not keep a throttled table busy. A call that succeeds
// after retries returns what they cost, so only calls that fail use up the quota. The
// figures are those of the AWS SDKs' retry quota:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html.
type retryQuota struct {
	mu    sync.Mutex
	spent int
}

// take reports whether one more retry is allowed, and counts it.
func (q *retryQuota) take() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.spent+retryCost > quotaSize {
		return false
	}
	q.spent += retryCost
	return true
}

// give adds to the quota after a call that DynamoDB answered: what its retries cost, or callGain if there were none.
func (q *retryQuota) give(retries int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spent = max(0, q.spent-max(callGain, retries*retryCost))
}

// isConflict reports whether a call failed because another request was writing an item. DynamoDB
// is not overloaded then, so the retry costs nothing.
func isConflict(err error) bool {
	var cancellation *types.TransactionCanceledException
	var conflict *types.TransactionConflictException
	return errors.As(err, &conflict) || errors.As(err, &cancellation) && hasConflict(cancellation)
}
