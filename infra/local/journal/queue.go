package journal

import (
	"context"
	"sync"
)

// Queue holds the work of one goroutine, up to a size.
type Queue[T any] struct {
	wake chan struct{}

	mu          sync.Mutex
	waiting     []entry[T]
	size, limit int
	lost        int // items dropped since the queue became full
}

type entry[T any] struct {
	item T
	size int
}

// NewQueue returns a queue that accepts items while the sum of their sizes is below a
// limit.
func NewQueue[T any](limit int) *Queue[T] {
	return &Queue[T]{wake: make(chan struct{}, 1), limit: limit}
}

// Put adds an item and returns 0. If the queue is full, it drops the item and returns the
// number of items dropped since it became full.
func (q *Queue[T]) Put(item T, size int) (lost int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.size >= q.limit {
		q.lost++
		return q.lost
	}
	q.waiting, q.size, q.lost = append(q.waiting, entry[T]{item, size}), q.size+size, 0
	select {
	case q.wake <- struct{}{}:
	default:
	}
	return 0
}

// Next removes and returns the oldest item. If there is none, it waits for one until ctx ends.
// ctx bounds only this wait: an item that is in the queue is always returned.
func (q *Queue[T]) Next(ctx context.Context) (item T, ok bool) {
	for {
		if item, ok = q.take(); ok {
			return item, true
		}
		select {
		case <-ctx.Done():
			return item, false
		case <-q.wake:
		}
	}
}

func (q *Queue[T]) take() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return item, false
	}
	first := q.waiting[0]
	q.waiting[0] = entry[T]{}
	q.waiting, q.size = q.waiting[1:], q.size-first.size
	return first.item, true
}
