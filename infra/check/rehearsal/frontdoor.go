package rehearsal

import (
	"net"
	"net/http"
	"net/http/httputil"
	"strconv"
	"sync/atomic"
	"time"
)

// frontDoor is a reverse proxy for the REST APIs of a stack. Its address stays the same. It is needed
// because the emulator finds an API by its host name, which this machine may not be able to resolve.
type frontDoor struct {
	emulator *emulator
	server   *http.Server
	url      string
	to       atomic.Pointer[deployed]
}

func openFrontDoor(e *emulator) (*frontDoor, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &frontDoor{emulator: e, url: "http://" + l.Addr().String()}
	f.server = &http.Server{Handler: f.api(), ReadHeaderTimeout: time.Minute}
	go func() { _ = f.server.Serve(l) }()
	return f, nil
}

// api forwards /admin/ to the operator API, and all other paths to the SCIM API.
func (f *frontDoor) api() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/admin/", f.forward(func(d *deployed) string { return d.admin }))
	mux.Handle("/", f.forward(func(d *deployed) string { return d.api }))
	return mux
}

func (f *frontDoor) forward(id func(*deployed) string) http.Handler {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		to := f.to.Load()
		r.Out.URL.Scheme = "http"
		r.Out.URL.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(f.emulator.port))
		r.Out.Host = id(to) + ".execute-api.localhost:" + strconv.Itoa(f.emulator.port)
		// On AWS the authorizer returns the key, and this header is ignored. The shared key is the stack's id.
		r.Out.Header.Set("X-Api-Key", to.id)
	}}
}

func (f *frontDoor) close() { _ = f.server.Close() }
