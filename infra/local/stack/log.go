package stack

import (
	"io"
	"log"
	"sync"
)

// serial lets many processes write to one writer, one at a time.
type serial struct {
	mu  sync.Mutex
	out io.Writer
}

func (s *serial) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

// quiet drops net/http's messages about broken connections: the proxy breaks connections
// on purpose.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
