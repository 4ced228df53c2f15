package starts

import (
	"io"
	"net/http"

	"scimserver/shared/testkit/canned"
)

// serveTable serves a DynamoDB that answers from memory.
func serveTable() (service, error) {
	answers, err := canned.NewAnswers("{}")
	if err != nil {
		return service{}, err
	}
	table := canned.Transport(answers.Answer)
	return serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := table.RoundTrip(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
		_, _ = io.Copy(w, answer.Body) // a program that is gone needs no answer
	}))
}
