package admin

import "net/http"

// Route is a route of the operator API with the query parameters that it accepts.
type Route struct {
	Pattern    string
	Parameters []string
}

// Routes returns the routes of a Handler.
func Routes(h http.Handler) (all []Route) {
	for _, r := range h.(*handler).routes {
		all = append(all, Route{r.pattern, r.parameters})
	}
	return all
}
