package gateway

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"scimserver/shared/scim"
	"scimserver/shared/server"
)

// recovering responds with 500 if h panics, and logs the cause with its stack. The process
// continues: if it exited, the next request would have to wait for a cold start. Goroutines
// of a request that recover a panic pass it on, as a panic or as an error.
func recovering(h http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				log.ErrorContext(r.Context(), "panic", "request", server.RequestID(r.Context()),
					"error", fmt.Sprintf("%v\n%s", p, debug.Stack()))
				write(w, scim.Internal(nil))
			}
		}()
		h.ServeHTTP(w, r)
	})
}

func write(w http.ResponseWriter, e *scim.Error) {
	out := render(e)
	for name, value := range out.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(out.StatusCode)
	_, _ = w.Write([]byte(out.Body)) // the buffer of the adapter does not fail
}
