package table

import (
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	// quotaSize is what a process may spend on retries beyond what it got back.
	quotaSize = 500
	// retryCost is what one retry costs: 100 retries use up the quota.
	retryCost = 5
	// callGain is what a call gets back that succeeds at once.
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

// give returns what a successful call gets back after a number of retries.
func (q *retryQuota) give(retries int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spent = max(0, q.spent-max(callGain, retries*retryCost))
}

// isConflict reports whether another writer was in the way. DynamoDB is well then, and the
// retry is no burden.
func isConflict(err error) bool {
	var cancellation *types.TransactionCanceledException
	var conflict *types.TransactionConflictException
	return errors.As(err, &conflict) || errors.As(err, &cancellation) && hasConflict(cancellation)
}
