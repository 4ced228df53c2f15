package server

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/scim/bulk"
)

const (
	// bulkParallel is the number of operations that are carried out at the same time.
	bulkParallel = 16
	// bulkReserve is the least time that an operation needs before the deadline. With less
	// time left, no further operation is started.
	bulkReserve = 3 * time.Second
)

// bulkJob is one bulk request that is being carried out.
type bulkJob struct {
	*bulkEndpoint
	r       *request
	request bulk.Request
	plan    bulk.Plan
	results []*bulkResult // nil for an operation that was not processed

	mu  sync.Mutex
	ids map[string]string // of created resources, by bulkId

	panicked any // the panic of an operation, nil if there was none
}

func newBulkJob(b *bulkEndpoint, r *request, message bulk.Request) *bulkJob {
	return &bulkJob{
		bulkEndpoint: b, r: r, request: message, plan: bulk.NewPlan(&message),
		results: make([]*bulkResult, len(message.Operations)), ids: map[string]string{},
	}
}

// run carries out the operations and then sets the references that had to wait.
func (j *bulkJob) run(ctx context.Context) {
	if j.request.FailOnErrors > 0 {
		j.runUntilErrors(ctx)
	} else {
		j.runAll(ctx)
	}
	for i := range j.request.Operations {
		if len(j.plan.Postponed[i]) > 0 && j.results[i] != nil && j.results[i].succeeded() {
			j.complete(ctx, i)
		}
	}
}

// runAll starts each operation when those that it waits for have ended.
func (j *bulkJob) runAll(ctx context.Context) {
	ended := make([]chan struct{}, len(j.request.Operations))
	for i := range ended {
		ended[i] = make(chan struct{})
	}
	places := make(chan struct{}, bulkParallel)
	var all sync.WaitGroup
	for i := range j.request.Operations {
		all.Go(func() {
			defer close(ended[i])
			defer j.keepPanic()
			for _, before := range j.plan.After[i] {
				<-ended[before]
			}
			places <- struct{}{}
			defer func() { <-places }()
			j.carryOut(ctx, i)
		})
	}
	all.Wait()
	if j.panicked != nil {
		panic(j.panicked)
	}
}

// keepPanic stores a panic, so that the goroutine of the request can repeat it.
func (j *bulkJob) keepPanic() {
	if p := recover(); p != nil {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.panicked = fmt.Sprintf("%v\n%s", p, debug.Stack())
	}
}

// runUntilErrors carries out one operation after the other until as many have failed as the
// client allows (section 3.7.3). It undoes nothing.
func (j *bulkJob) runUntilErrors(ctx context.Context) {
	errors := 0
	for range j.request.Operations {
		i := j.next()
		if i < 0 || errors == j.request.FailOnErrors {
			return
		}
		if j.carryOut(ctx, i); !j.results[i].succeeded() {
			errors++
		}
	}
}

// next returns the first operation that need not wait for another one, -1 if there is none.
func (j *bulkJob) next() int {
	for i := range j.results {
		if j.results[i] == nil && !j.isWaiting(i) {
			return i
		}
	}
	return -1
}

func (j *bulkJob) isWaiting(i int) bool {
	for _, before := range j.plan.After[i] {
		if j.results[before] == nil {
			return true
		}
	}
	return false
}

// carryOut carries out one operation and keeps its result.
func (j *bulkJob) carryOut(ctx context.Context, i int) {
	o := j.resolved(i)
	switch deadline, bounded := ctx.Deadline(); {
	case o.Err != nil:
		j.results[i] = j.refused(o, o.Err)
	case bounded && time.Until(deadline) < bulkReserve:
		e := scim.Unavailable(retryAfter)
		e.Detail = "the time of the request was over before this operation began; nothing of it was done: send it again"
		j.results[i] = j.refused(o, e)
	default:
		j.results[i] = j.send(ctx, i, o)
		j.created(o, j.results[i])
	}
}

// resolved returns an operation with the ids of resources in place of references.
func (j *bulkJob) resolved(i int) bulk.Operation {
	o := j.request.Operations[i]
	if o.Err != nil {
		return o
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	o = o.Postpone(j.plan.Postponed[i]).Resolve(j.ids)
	if missing := o.References(); len(missing) > 0 {
		o.Err = failedReference(missing)
	}
	return o
}

// failedReference returns the error of an operation that refers to a resource that does not
// exist (section 3.7.2).
func failedReference(bulkIDs []string) *scim.Error {
	return &scim.Error{
		Status: http.StatusConflict,
		Detail: "the operation refers to bulkId:" + strings.Join(bulkIDs, ", bulkId:") +
			", for which no resource was created",
	}
}

// created stores the id of a new resource for the operations that refer to it.
func (j *bulkJob) created(o bulk.Operation, result *bulkResult) {
	if o.Method == http.MethodPost && result.succeeded() {
		j.mu.Lock()
		defer j.mu.Unlock()
		j.ids[o.BulkID] = path.Base(result.location)
	}
}
