package dynamo

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"scimserver/shared/testkit/ddblocal"
)

// Engine keeps a DynamoDB Local running. If its process dies, it is restarted on the same
// data.
type Engine struct {
	// Prepare creates the table and the first records in a new engine.
	Prepare func(ctx context.Context, endpoint string) error
	// Ready is called with the endpoint of a prepared engine, and with "" when the engine
	// has died.
	Ready   func(endpoint string)
	DataDir string // in memory if empty
	Lasting bool   // see ddblocal.Options
	Log     io.Writer
	// Progress receives a line before each step of a start; see ddblocal.Options.
	Progress io.Writer

	mu      sync.Mutex
	current *ddblocal.Engine
	stop    context.CancelFunc
	done    chan struct{}
}

// Start returns when the engine is prepared, or with the reason why that failed.
func (e *Engine) Start(ctx context.Context) error {
	life, stop := context.WithCancel(context.WithoutCancel(ctx))
	e.stop, e.done = stop, make(chan struct{})
	if err := e.launch(ctx); err != nil {
		close(e.done)
		e.Stop()
		return err
	}
	go e.keep(life)
	return nil
}

func (e *Engine) launch(ctx context.Context) error {
	engine, err := ddblocal.Start(ctx, ddblocal.Options{DataDir: e.DataDir, Lasting: e.Lasting, Progress: e.Progress})
	if err != nil {
		return err
	}
	e.mu.Lock()
	e.current = engine
	e.mu.Unlock()
	if err := e.Prepare(ctx, engine.Endpoint()); err != nil {
		engine.Stop()
		return err
	}
	e.Ready(engine.Endpoint())
	return nil
}

// keep restarts the engine whenever it dies, until Stop.
func (e *Engine) keep(life context.Context) {
	defer close(e.done)
	for {
		select {
		case <-life.Done():
			return
		case <-e.running().Done():
		}
		e.Ready("")
		// Ctrl-C also ends the engine, so wait for Stop first.
		select {
		case <-life.Done():
			return
		case <-time.After(300 * time.Millisecond):
		}
		_, _ = fmt.Fprintln(e.Log, "dynamodb | the engine has ended; starting it again")
		if err := e.launch(life); err != nil && life.Err() == nil {
			_, _ = fmt.Fprintln(e.Log, "dynamodb | the engine cannot be started:", err)
		}
	}
}

func (e *Engine) running() *ddblocal.Engine {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.current
}

// Pid returns the id of the engine's process.
func (e *Engine) Pid() int { return e.running().Pid() }

// Stop ends the engine.
func (e *Engine) Stop() {
	e.stop()
	<-e.done
	if engine := e.running(); engine != nil {
		engine.Stop()
	}
}
