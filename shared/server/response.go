package server

import (
	"net/http"
	"strconv"

	"scimserver/shared/scim"
)

// response is the answer to a request. A null Body means no body.
type response struct {
	Status   int
	Body     scim.Value
	Location string
	ETag     string
}

func errorHeaders(h http.Header, e *scim.Error) {
	if e.Allow != "" {
		h.Set("Allow", e.Allow)
	}
	if e.AcceptEncoding != "" {
		h.Set("Accept-Encoding", e.AcceptEncoding)
	}
	if e.RetryAfter != 0 {
		h.Set("Retry-After", strconv.Itoa(e.RetryAfter))
	}
	if e.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="scim"`)
	}
}

// write writes every answer of the server.
func (s *Server) write(w http.ResponseWriter, method string, out *response) {
	h := w.Header()
	if out.Location != "" {
		h.Set("Location", out.Location)
	}
	if out.ETag != "" {
		h.Set("ETag", out.ETag)
	}
	// Also without a body: API Gateway would add a media type of its own, which strict clients refuse.
	h.Set("Content-Type", scim.MediaType)
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(out.Status)
	if method != http.MethodHead && out.Body.Kind() != scim.Null {
		_, _ = w.Write(out.Body.Bytes()) // an error means that the client has disconnected
	}
}
