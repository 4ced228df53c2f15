// Package web renders the HTML pages of this project: the setup page for customers and the
// console for operators. It has one layout, one stylesheet and one small script, and sets the
// security headers. Pages work without JavaScript and load nothing from elsewhere.
//
// A program brings a template for each page and fills it with the components of this package:
//
//	renderer, err := web.NewRenderer(pages) // pages/users.html has {{define "content"}}
//	err = renderer.Render(w, http.StatusOK, "users", web.Page{Base: "/setup", Content: ...})
//
// In a template, each component is called with a value of its type:
//
//	{{template "table" .Users}} {{template "badge" .State}} {{template "copyable" .Token}}
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"sync"
)

//go:embed templates/*.html
var templates embed.FS

// Page is what the layout needs to know about a page.
type Page struct {
	Base    string // the path that all links begin with, without a slash at the end
	Home    string // the path of the start page; "" means Base and a slash
	Title   string // of the browser's tab, before the product
	Product string // the name of the program, in the page's head
	Subject string // what the page is about, such as a tenant; may be a hostile text
	Nav     []NavGroup
	Notice  *Notice // the result of the last action
	// RefreshSeconds lets a browser without JavaScript load the page again. 0 means never.
	RefreshSeconds int
	CSRF           string // the token that every form sends back; see Form
	Wide           bool   // for tables of many columns
	Content        any    // what the page's own template gets
}

// NavGroup is a group of links in the navigation. The title may be "".
type NavGroup struct {
	Title string
	Links []NavLink
}

// NavLink is a link in the navigation.
type NavLink struct {
	Text    string
	URL     string
	Current bool
	Done    bool // a step that is complete
	Count   int  // shown after the text if it is not 0, for example open conflicts
}

// Renderer renders pages. It is safe for concurrent use.
type Renderer struct {
	pages map[string]func() (*template.Template, error)
}

// NewRenderer reads the *.html files at the root of a file system. Each of them is a page whose
// name is that of the file, and defines the template "content". Files that begin with "_" define
// templates for all pages. A page is parsed when it is first shown, because to parse all of them
// would make up half of a function's start.
func NewRenderer(files fs.FS) (*Renderer, error) {
	base, err := template.New("web").Funcs(functions()).ParseFS(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: parse the layout: %w", err)
	}
	shared, pages, err := templateFiles(files)
	if err == nil && len(shared) > 0 {
		base, err = base.ParseFS(files, shared...)
	}
	if err != nil {
		return nil, fmt.Errorf("web: parse the shared templates: %w", err)
	}
	r := &Renderer{pages: map[string]func() (*template.Template, error){}}
	for _, file := range pages {
		r.pages[strings.TrimSuffix(file, ".html")] = sync.OnceValues(func() (*template.Template, error) {
			return template.Must(base.Clone()).ParseFS(files, file)
		})
	}
	return r, nil
}

func templateFiles(files fs.FS) (shared, pages []string, err error) {
	all, err := fs.Glob(files, "*.html")
	for _, file := range all {
		if strings.HasPrefix(file, "_") {
			shared = append(shared, file)
		} else {
			pages = append(pages, file)
		}
	}
	return shared, pages, err
}

// Render writes a page. If its template fails, nothing is written, and the error says why. An
// error of the connection is not reported.
func (r *Renderer) Render(w http.ResponseWriter, status int, name string, p Page) error {
	parse := r.pages[name]
	if parse == nil {
		return fmt.Errorf("web: there is no page %s", name)
	}
	page, err := parse()
	if err != nil {
		return fmt.Errorf("web: parse the page %s: %w", name, err)
	}
	var body bytes.Buffer
	if err := page.ExecuteTemplate(&body, "layout", p); err != nil {
		return fmt.Errorf("web: render the page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // an error means that the client has disconnected
	return nil
}

// Asset returns the path of a file of this package, such as style.css. See Assets.
func (p Page) Asset(name string) string { return p.Base + assetPath(name) }
