package process

import (
	"net"
	"net/http"
	"time"
)

// Service is an HTTP server on this machine.
type Service struct {
	Address string // host and port
	Stop    func()
}

// Serve starts a server on a free port.
func Serve(h http.Handler) (Service, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return Service{}, err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	return Service{Address: l.Addr().String(), Stop: func() { _ = server.Close() }}, nil
}
