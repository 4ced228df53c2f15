package main

import (
	_ "embed"
	"errors"
	"html/template"
	"log"
	"net/http"
	"strings"
)

//go:embed page.html
var pageText string

// application serves the web page.
type application struct {
	db    store
	roles roles
}

const cookieName = "session"

func (a *application) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.home)
	mux.HandleFunc("POST /login", a.logIn)
	mux.HandleFunc("POST /logout", a.logOut)
	return http.NewCrossOriginProtection().Handler(mux) // against cross-site request forgery
}

// view is the data of the page.
type view struct {
	User  *user // nil if nobody is logged in
	Roles []string
	Error string
	Users []user // the whole mirror: this is an example
}

func (a *application) home(w http.ResponseWriter, r *http.Request) {
	var v view
	var err error
	if cookie, missing := r.Cookie(cookieName); missing == nil {
		v.User, err = a.db.loggedIn(r.Context(), cookie.Value)
	}
	if err == nil && v.User != nil {
		v.Roles, err = a.roles.of(r.Context(), a.db, v.User.ID)
	}
	if err != nil {
		fail(w, err)
		return
	}
	a.show(w, r, http.StatusOK, v)
}

func (a *application) logIn(w http.ResponseWriter, r *http.Request) {
	token, err := a.db.logIn(r.Context(), strings.TrimSpace(r.FormValue("name")))
	refused, isRefusal := errors.AsType[refusal](err)
	switch {
	case isRefusal:
		a.show(w, r, http.StatusForbidden, view{Error: string(refused)})
	case err != nil:
		fail(w, err)
	default:
		http.SetCookie(w, &http.Cookie{
			Name: cookieName, Value: token, Path: "/", MaxAge: int(sessionLife.Seconds()),
			HttpOnly: true, SameSite: http.SameSiteLaxMode,
			Secure: false, // set it to true in production; this page is served on your machine, without TLS
		})
		http.Redirect(w, r, "/", http.StatusSeeOther)
	}
}

func (a *application) logOut(w http.ResponseWriter, r *http.Request) {
	if cookie, missing := r.Cookie(cookieName); missing == nil {
		if err := a.db.logOut(r.Context(), cookie.Value); err != nil {
			fail(w, err)
			return
		}
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *application) show(w http.ResponseWriter, r *http.Request, status int, v view) {
	var err error
	if v.Users, err = a.db.users(r.Context(), `ORDER BY tenant, user_name`); err != nil {
		fail(w, err)
		return
	}
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if err := page.Execute(w, v); err != nil {
		log.Print(err)
	}
}

func fail(w http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(w, "Something went wrong. Try again.", http.StatusInternalServerError)
}
