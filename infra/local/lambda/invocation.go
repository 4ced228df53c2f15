package lambda

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/google/uuid"
)

// Types of errors that the service itself reports of an invocation.
const (
	TooLarge         = "RequestTooLarge"
	ResponseTooLarge = "Function.ResponseSizeTooLarge"
	TimedOut         = "Sandbox.Timedout"
	Exited           = "Runtime.ExitError"
)

// Error says why an invocation failed: by the function's own word, or the service's.
type Error struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (e *Error) Error() string { return e.Type + ": " + e.Message }

// invocation is one event on its way through a process.
type invocation struct {
	ctx   context.Context // the caller's: it bounds the wait for a process
	id    string
	event []byte
	done  chan outcome // takes one outcome without a reader
	once  sync.Once
}

type outcome struct {
	payload []byte
	err     error
}

func newInvocation(ctx context.Context, event []byte) *invocation {
	return &invocation{ctx: ctx, id: uuid.NewString(), event: event, done: make(chan outcome, 1)}
}

// finish records the first outcome; later ones do not count.
func (i *invocation) finish(o outcome) { i.once.Do(func() { i.done <- o }) }

func (i *invocation) fail(errorType, message string) {
	i.finish(outcome{err: &Error{Type: errorType, Message: message}})
}

// reported reads the error that a function sent through the Runtime API.
func reported(body []byte) *Error {
	e := &Error{}
	if err := json.Unmarshal(body, e); err != nil {
		return &Error{Type: "Unhandled", Message: string(body)}
	}
	return e
}
