package admin

import (
	"net/http"
)

// withBody makes an operation that reads a JSON body and answers with the given status.
func withBody[In, Out any](status int, op func(*http.Request, In) (Out, error)) operation {
	return func(r *http.Request) (int, any, error) {
		var in In
		if err := read(r, &in); err != nil {
			return 0, nil, err
		}
		out, err := op(r, in)
		return status, out, err
	}
}

// withoutBody makes an operation that ignores the body and answers 200.
func withoutBody[Out any](op func(*http.Request) (Out, error)) operation {
	return func(r *http.Request) (int, any, error) {
		out, err := op(r)
		return http.StatusOK, out, err
	}
}

// withPage makes an operation that returns a page of a list.
func withPage[Out any](op func(r *http.Request, after string, limit int) (Out, error)) operation {
	return func(r *http.Request) (int, any, error) {
		after, limit, err := pageOf(r)
		if err != nil {
			return 0, nil, err
		}
		out, err := op(r, after, limit)
		return http.StatusOK, out, err
	}
}

// operation answers a request with a status and a value, which is encoded as JSON.
type operation func(*http.Request) (int, any, error)
