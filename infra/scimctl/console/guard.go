package console

import (
	"errors"
	"net/http"

	"scimserver/shared/web"
)

// handler serves the console behind its guards.
func (c *console) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+web.AssetPrefix, web.Assets())
	mux.Handle("GET "+c.base+web.AssetPrefix, http.StripPrefix(c.base, web.Assets()))
	mux.HandleFunc("GET /open/{secret}", c.exchange)
	mux.Handle(c.base+"/", c.withSession(http.StripPrefix(c.base, c.pages())))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { c.turnAway(w) })
	return web.Secure(c.withHost(mux))
}

// withHost refuses requests with a host other than the console's address: another site may make its own name
// resolve to 127.0.0.1, so that its pages could read the console (DNS rebinding).
func (c *console) withHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != c.address {
			http.Error(w, "The console answers only at http://"+c.address, http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// withSession refuses requests without the session's cookie, and changes that do not come from a form
// of the console.
func (c *console) withSession(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !c.session.has(r) {
			c.turnAway(w)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		isRead := r.Method == http.MethodGet || r.Method == http.MethodHead
		if !isRead && isTooLarge(r) {
			c.renderProblem(w, r, problem{
				status: http.StatusRequestEntityTooLarge, title: "Nothing was changed",
				text: "The form has more than 256 KB. Go back, and send less.",
			})
			return
		}
		if !isRead && !(web.SameOrigin(r, "http://"+c.address) && web.ValidCSRF(r, c.session.csrf)) {
			c.renderProblem(w, r, problem{
				status: http.StatusForbidden, title: "Nothing was changed",
				text: "The request did not come from a form of this console. Go back to the page and try again.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// maxForm is the maximum size of a form, in bytes. The definition of a schema has up to 64 KB. A form may have it
// twice, as a text and as a file, or with three bytes for each byte (URL encoding).
const maxForm = 256 << 10

// isTooLarge parses a form, and reports whether it is larger than maxForm.
func isTooLarge(r *http.Request) bool {
	err := r.ParseForm()
	if err == nil {
		err = r.ParseMultipartForm(maxForm)
	}
	_, large := errors.AsType[*http.MaxBytesError](err)
	return large
}

// exchange gives the session to the browser that opens the link first. Its answer is a page and not a
// redirect: a browser does not send a SameSite=Strict cookie after a redirect that began elsewhere.
func (c *console) exchange(w http.ResponseWriter, r *http.Request) {
	isLook := r.Method == http.MethodHead // it does not use the link up
	if isLook || !c.session.open(r.PathValue("secret")) {
		c.turnAway(w)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: c.session.cookie, Path: c.base + "/",
		HttpOnly: true, SameSite: http.SameSiteStrictMode,
	})
	w.Header().Set("Refresh", "0; url="+c.base+"/")
	c.render(w, http.StatusOK, "opened", web.Page{Title: "Opening", Content: c.base + "/"})
}

// turnAway answers a request without a session. It is the same for every path.
func (c *console) turnAway(w http.ResponseWriter) {
	c.render(w, http.StatusForbidden, "screen", web.Page{Title: "No access", Content: screen{
		Header: web.Header{Title: "This browser has no access", Text: "The link of a console works once."},
		Sections: []section{{Plain: true, Notice: &web.Notice{
			Tone: web.Info, Title: "How to get in",
			Steps: []string{
				"Run `scimctl console`, and open the link that it prints.",
				"If the link was used already, end the console with Ctrl-C and start it again.",
			},
		}}},
	}})
}
