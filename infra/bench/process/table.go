package process

import (
	"io"
	"net/http"

	"scimserver/shared/testkit/canned"
)

// ServeTable serves a DynamoDB that answers from memory. The user in it has the given document.
func ServeTable(doc string) (Service, error) {
	answers, err := canned.NewAnswers(doc)
	if err != nil {
		return Service{}, err
	}
	return Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := answers.RoundTrip(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
		_, _ = io.Copy(w, answer.Body) // a program that is gone needs no answer
	}))
}
