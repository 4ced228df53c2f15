package main

import (
	"context"
	"errors"
	"io"
	"sync"
)

// input is the standard input. Cancelling the context ends a Read, although a read from a terminal itself can't be
// interrupted. It starts to read at the first Read, so that what scimctl does not need is left to other programs.
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
			_ = to.CloseWithError(err) // nil means the end of the input
		}()
		context.AfterFunc(i.ctx, func() { _ = to.CloseWithError(errors.New("interrupted")) })
	})
	return i.pipe.Read(p)
}
