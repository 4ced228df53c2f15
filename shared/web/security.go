package web

import (
	"crypto/subtle"
	"net/http"
	"strings"
)

// policy allows a page what it needs: its own stylesheet, script, images, polling and forms.
// No page can be shown in a frame. There is no inline style or script.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// Secure sets the security headers of every answer of a handler.
func Secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		h.Set("Strict-Transport-Security", "max-age=31536000")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// CSRFField is the name of the form field that carries Page.CSRF.
const CSRFField = "csrf"

// SameOrigin reports whether a request that changes something comes from a page of the same
// origin, such as https://api.example.com. Browsers send Sec-Fetch-Site; older ones Origin alone. A
// page with Referrer-Policy no-referrer sends "Origin: null", also to itself, so then only
// Sec-Fetch-Site counts. A request with neither header is refused.
func SameOrigin(r *http.Request, origin string) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	return strings.EqualFold(r.Header.Get("Origin"), origin)
}

// ValidCSRF reports whether a form carries the token of its session. The body is parsed.
func ValidCSRF(r *http.Request, token string) bool {
	got := r.PostFormValue(CSRFField)
	return token != "" && subtle.ConstantTimeCompare([]byte(got), []byte(token)) == 1
}
