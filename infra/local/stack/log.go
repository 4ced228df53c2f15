package stack

import (
	"io"
	"log"
	"sync"
)

// serial lets many processes write lines to one writer.
type serial struct {
	mu  sync.Mutex
	out io.Writer
}

func (s *serial) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

// quiet drops what net/http says of connections that break: the proxy breaks
// them on purpose.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
