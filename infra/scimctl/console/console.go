// Package console serves the console: the pages in the browser with which support and operators look
// at tenants and act on them. It listens on 127.0.0.1 alone, and calls the operator API with the
// operator's own AWS identity. So it opens nothing to the network, and IAM decides what a person may do.
package console

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"scimserver/infra/scimctl/apiclient"
)

// Options configure a console.
type Options struct {
	API *apiclient.Client
	Out io.Writer // gets the link to open, and other messages for the operator
	// Open opens the link in the operator's browser. If it is nil, nothing is opened.
	// remove is called when the console ends.
	Open func(link string) (remove func(), err error)
	// Table is checked on a page. If it is nil, the page says how to start the console with the table.
	Table *Table
	// Idle is how long the console waits for a request before it ends; 0 means 12 hours.
	Idle time.Duration
	// Timeout is how long a page waits for the operator API; 0 means 20 seconds.
	Timeout time.Duration
	// Left is how long a check of the table goes on while nobody looks at its page; 0 means 5 minutes.
	Left time.Duration
}

const (
	defaultIdle    = 12 * time.Hour
	defaultTimeout = 20 * time.Second
)

// Run serves the console until the context ends or nobody has used it for Options.Idle.
func Run(ctx context.Context, o Options) error {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen on 127.0.0.1: %w", err)
	}
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	c, err := newConsole(o, listener.Addr().String())
	if err != nil {
		return err
	}
	c.session.endWhenIdle(cmp.Or(o.Idle, defaultIdle), func() { end(errIdle) })
	server := &http.Server{Handler: c.handler(), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	defer c.table.end(context.Background(), context.Canceled)
	defer c.announce()()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if errors.Is(context.Cause(ctx), errIdle) {
		_, _ = fmt.Fprintln(o.Out, "The console has ended, because nobody used it.")
	}
	return nil
}

var errIdle = errors.New("nobody used the console")

// announce tells the operator the link, and opens it. remove cleans up what opening it has left.
func (c *console) announce() (remove func()) {
	_, _ = fmt.Fprintf(c.options.Out, "Open this link. It works once, on this machine:\n\n  %s\n\n"+
		"Ctrl-C ends the console.\n", c.link())
	if c.options.Open == nil {
		return func() {}
	}
	remove, err := c.options.Open(c.link())
	if err != nil {
		_, _ = fmt.Fprintf(c.options.Out, "The browser can't be started (%s): open the link yourself.\n", err)
		return func() {}
	}
	return remove
}
