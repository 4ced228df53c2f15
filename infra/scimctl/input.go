package main

import (
	"context"
	"errors"
	"io"
	"sync"
)

// input is the standard input, of which a read ends with the context: nobody can
// take back a read from a terminal or from a program that is silent. It reads
// nothing before it is asked to, for what it takes others can't have.
type input struct {
	ctx   context.Context
	from  io.Reader
	start sync.Once
	pipe  *io.PipeReader
}

func (i *input) Read(p []byte) (int, error) {
	i.start.Do(func() {
		var to *io.PipeWriter
		i.pipe, to = io.Pipe()
		go func() {
			_, err := io.Copy(to, i.from)
			_ = to.CloseWithError(err) // without an error the end of the file
		}()
		context.AfterFunc(i.ctx, func() { _ = to.CloseWithError(errors.New("interrupted")) })
	})
	return i.pipe.Read(p)
}
