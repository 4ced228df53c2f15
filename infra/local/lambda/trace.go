package lambda

import (
	"crypto/rand"
	"fmt"
	"time"
)

// traceID returns an X-Ray trace header for a request that is not sampled.
func traceID() string {
	var b [20]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", time.Now().Unix(), b[:12], b[12:])
}
