package lambda

import (
	"context"
	"encoding/json"
	"sync"

	"github.com/google/uuid"
)

// The types of errors that Lambda itself reports.
const (
	TooLarge         = "RequestTooLarge"
	ResponseTooLarge = "Function.ResponseSizeTooLarge"
	TimedOut         = "Sandbox.Timedout"
	Exited           = "Runtime.ExitError"
)

// Error says why an invocation failed, as the function or Lambda reports it.
type Error struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (e *Error) Error() string { return e.Type + ": " + e.Message }

// invocation is one event that a process handles.
type invocation struct {
	ctx   context.Context // of the caller: it bounds the wait for a process
	id    string
	event []byte
	done  chan outcome // holds one outcome
	once  sync.Once
}

type outcome struct {
	payload []byte
	err     error
}

func newInvocation(ctx context.Context, event []byte) *invocation {
	return &invocation{ctx: ctx, id: uuid.NewString(), event: event, done: make(chan outcome, 1)}
}

// finish records the first outcome and ignores later ones.
func (i *invocation) finish(o outcome) { i.once.Do(func() { i.done <- o }) }

func (i *invocation) fail(errorType, message string) {
	i.finish(outcome{err: &Error{Type: errorType, Message: message}})
}

// reported parses an error that a function sent to the Runtime API.
func reported(body []byte) *Error {
	e := &Error{}
	if err := json.Unmarshal(body, e); err != nil {
		return &Error{Type: "Unhandled", Message: string(body)}
	}
	return e
}
