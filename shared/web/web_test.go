package web_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"scimserver/shared/web"
)

const sample = `{{define "content"}}{{with .Content}}
{{template "header" .Header}}{{template "facts" .Facts}}{{template "copyable" .Copyable}}
{{template "table" .Table}}{{template "table" .NoRows}}{{template "confirmation" .Confirmation}}
{{template "chart" .Chart}}{{end}}{{end}}`

type content struct {
	Header        web.Header
	Facts         web.Facts
	Copyable      web.Copyable
	Table, NoRows web.Table
	Confirmation  web.Confirmation
	Chart         web.Chart
}

const hostile = `<script>alert(1)</script>"'&`

func components() content {
	return content{
		Header:   web.Header{Title: hostile, Back: &web.Link{Text: "All", URL: "javascript:alert(1)"}},
		Facts:    web.Facts{{Name: "Since", Cell: web.Cell{Time: time.Unix(0, 0)}}},
		Copyable: web.Copyable{Label: "URL", Value: hostile},
		Table: web.Table{
			Caption: "Users", Columns: []web.Column{{Text: "Name"}, {Text: "Groups", Numeric: true}},
			Rows: []web.Row{{{Text: hostile, Note: hostile}, {Badge: &web.Badge{Text: "3", Tone: web.Good}}}},
		},
		NoRows: web.Table{Empty: web.Empty{Title: "No users yet"}},
		Confirmation: web.Confirmation{
			Title: "Delete?", Effects: []string{hostile},
			Form: web.Form{
				Action: "/delete", CSRF: "c", Button: "Delete", Fields: []web.Field{{Name: "n", Error: "required"}},
			},
		},
		Chart: web.Chart{
			Title: "Requests", Labels: []string{"Mon", "Tue"}, Series: []web.Series{
				{Name: "succeeded", Tone: web.Info, Values: []int64{3, 1200}},
				{Name: "users", Tone: web.Good, Line: true, Values: []int64{1, 2}},
			},
		},
	}
}

func render(t *testing.T, page string, p web.Page) *httptest.ResponseRecorder {
	t.Helper()
	renderer, err := web.NewRenderer(fstest.MapFS{"page.html": {Data: []byte(page)}})
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	if err := renderer.Render(rec, http.StatusOK, "page", p); err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestPageEscapesWhatOthersWrote(t *testing.T) {
	body := render(t, sample, web.Page{
		Title: hostile, Subject: hostile, Base: "/setup", Content: components(),
		Notice: &web.Notice{Tone: web.Bad, Title: hostile, Text: hostile},
		Nav:    []web.NavGroup{{Links: []web.NavLink{{Text: hostile, URL: "javascript:alert(1)"}}}},
	}).Body.String()
	for _, raw := range []string{"<script>alert", "href=\"javascript:", `""'&`} {
		if strings.Contains(body, raw) {
			t.Errorf("the page contains %q:\n%s", raw, body)
		}
	}
}

// The policy forbids inline styles and scripts, and anything from elsewhere.
func TestPageHasNothingInline(t *testing.T) {
	body := render(t, sample, web.Page{Base: "/setup", Content: components()}).Body.String()
	for _, inline := range []string{" style=", "<style", "onclick", "http://", "https://", "<script>"} {
		if strings.Contains(body, inline) {
			t.Errorf("the page contains %q", inline)
		}
	}
}

func TestComponents(t *testing.T) {
	body := render(t, sample, web.Page{Base: "/setup", Content: components()}).Body.String()
	for _, want := range []string{
		"No users yet", `name="csrf" value="c"`, "1 Jan 1970, 00:00 UTC", `data-label="Groups"`, "1\u202f200",
		`aria-invalid="true"`, "<th scope=\"row\">Tue</th>", `<a class="skip" href="#main">`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestUnknownPage(t *testing.T) {
	renderer, err := web.NewRenderer(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	rec := httptest.NewRecorder()
	if err := renderer.Render(rec, http.StatusOK, "nothing", web.Page{}); err == nil || rec.Body.Len() > 0 {
		t.Errorf("error %v, body %q; want an error and no body", err, rec.Body)
	}
}

func TestChartAxis(t *testing.T) {
	for values, want := range map[[2]int64]int64{
		{0, 0}:    2,
		{1, 0}:    2,
		{3, 3}:    4,
		{9, 10}:   10,
		{41, 1}:   60,
		{0, 1200}: 2000,
	} {
		c := web.Chart{Labels: []string{"a", "b"}, Series: []web.Series{{Values: values[:]}}}
		if got := c.Max(); got != want {
			t.Errorf("the axis of %v ends at %d, want %d", values, got, want)
		}
	}
}

func TestSecureSetsHeadersOnEveryAnswer(t *testing.T) {
	h := web.Secure(http.NotFoundHandler())
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	for name, want := range map[string]string{
		"Content-Security-Policy":   "frame-ancestors 'none'",
		"Cache-Control":             "no-store",
		"Referrer-Policy":           "no-referrer",
		"X-Content-Type-Options":    "nosniff",
		"Strict-Transport-Security": "max-age=",
	} {
		if got := rec.Header().Get(name); !strings.Contains(got, want) {
			t.Errorf("%s is %q, want %q in it", name, got, want)
		}
	}
	csp := rec.Header().Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("Content-Security-Policy is %q", csp)
	}
}

func TestSameOrigin(t *testing.T) {
	const mine = "https://api.example.com"
	for name, c := range map[string]struct {
		site, origin string
		want         bool
	}{
		"same site header":        {"same-origin", "null", true},
		"other site":              {"cross-site", mine, false},
		"sibling domain":          {"same-site", "https://evil.example.com", false},
		"typed by a person":       {"none", "", false},
		"old browser":             {"", mine, true},
		"old browser, other site": {"", "https://evil.example.com", false},
		"nothing":                 {"", "", false},
		"null alone":              {"", "null", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", nil)
			r.Header.Set("Sec-Fetch-Site", c.site)
			r.Header.Set("Origin", c.origin)
			if got := web.SameOrigin(r, mine); got != c.want {
				t.Errorf("SameOrigin is %v, want %v", got, c.want)
			}
		})
	}
}

func TestValidCSRF(t *testing.T) {
	for token, want := range map[string]bool{"right": true, "other": false, "": false} {
		r := httptest.NewRequest("POST", "/", strings.NewReader("csrf=right"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := web.ValidCSRF(r, token); got != want {
			t.Errorf("ValidCSRF of a session with %q is %v, want %v", token, got, want)
		}
	}
}

func TestAssets(t *testing.T) {
	get := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		web.Secure(web.Assets()).ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		return rec
	}
	for name, kind := range map[string]string{
		"style.css": "text/css", "script.js": "javascript", "icon.svg": "image/svg+xml",
	} {
		rec := get(web.Page{}.Asset(name))
		if rec.Code != 200 || !strings.Contains(rec.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Header().Get("Content-Type"))
		}
		if got := rec.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
	}
	for _, path := range []string{"/assets/old/style.css", "/assets/..", web.Page{}.Asset("nothing.css")} {
		if rec := get(path); rec.Code != 404 || rec.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s, want 404 no-store", path, rec.Code, rec.Header().Get("Cache-Control"))
		}
	}
}

// TestContrast checks the colours against WCAG 2.2: 4.5 for text (1.4.3), 3 for controls (1.4.11).
func TestContrast(t *testing.T) {
	css, err := os.ReadFile("assets/style.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "@media screen and (prefers-color-scheme: dark)")
	dark, _, _ = strings.Cut(dark, ", *::before")
	for scheme, text := range map[string]string{"light": light, "dark": dark} {
		colours := coloursOf(t, text)
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"text", "page", 7},
			{"text", "raised", 7},
			{"muted", "page", 4.5},
			{"muted", "surface", 4.5},
			{"muted", "raised", 4.5},
			{"accent", "page", 4.5},
			{"accent", "surface", 4.5},
			{"on-accent", "accent", 4.5},
			{"on-accent", "accent-strong", 4.5},
			{"on-accent", "bad", 4.5},
			{"on-accent", "bad-strong", 4.5},
			{"good", "good-soft", 4.5}, {"warning", "warning-soft", 4.5}, {"bad", "bad-soft", 4.5},
			{"info", "info-soft", 4.5},
			{"neutral", "neutral-soft", 4.5}, {"bad", "surface", 4.5}, {"control", "surface", 3},
			{"control", "page", 3},
			{"text", "good-soft", 7}, {"text", "warning-soft", 7}, {"text", "bad-soft", 7}, {"text", "info-soft", 7},
		} {
			if got := contrast(colours[pair.front], colours[pair.back]); got < pair.least {
				t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f",
					scheme, pair.front, pair.back, got, pair.least)
			}
		}
	}
}

func coloursOf(t *testing.T, css string) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(css, -1) {
		rgb, err := strconv.ParseUint(m[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		all[m[1]] = 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8&255) + 0.0722*linear(rgb&255)
	}
	if len(all) < 20 {
		t.Fatalf("found %d colours", len(all))
	}
	return all
}

func linear(channel uint64) float64 {
	c := float64(channel) / 255
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

func TestChartTicks(t *testing.T) {
	for steps, want := range map[int]string{
		1:  "1 at 50%",
		4:  "4 at 88%, 3 at 62%, 2 at 38%, 1 at 12%",
		10: "10 at 95%, 8 at 75%, 6 at 55%, 4 at 35%, 2 at 15%",
		30: "30 at 98%, 23 at 75%, 16 at 52%, 9 at 28%, 2 at 5%",
		60: "60 at 99%, 46 at 76%, 32 at 52%, 18 at 29%, 4 at 6%",
	} {
		c := web.Chart{}
		for i := range steps {
			c.Labels = append(c.Labels, strconv.Itoa(i+1))
		}
		var got []string
		for _, tick := range c.Ticks() {
			got = append(got, fmt.Sprintf("%s at %.0f%%", tick.Label, tick.X))
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%d steps: %s, want %s", steps, text, want)
		}
	}
}

// A name that runs from right to left does not turn its address around, and nothing that others wrote becomes HTML.
func TestNamesKeepTheirDirection(t *testing.T) {
	const page = `{{define "content"}}{{template "table" .Content}}{{end}}`
	for text, want := range map[string]string{
		"ann@acme.example":  `<span dir="ltr" class="whole">ann@acme.example</span>`,
		"دينا@acme.example": `<span dir="ltr" class="whole"><bdi>دينا</bdi>@<bdi>acme.example</bdi></span>`,
		"دينا الأحمد":       `<span dir="auto" class="whole">دينا الأحمد</span>`,
		"<b>@x דנה@<i>": `<span dir="ltr" class="whole"><bdi>&lt;b&gt;</bdi>@<bdi>x</bdi> ` +
			`<bdi>דנה</bdi>@<bdi>&lt;i&gt;</bdi></span>`,
		"userName x@y is it": `<span dir="auto">userName x@y is it</span>`,
	} {
		table := web.Table{Columns: []web.Column{{Text: "Name"}}, Rows: []web.Row{{{Text: text}}}}
		if body := render(t, page, web.Page{Content: table}).Body.String(); !strings.Contains(body, want) {
			t.Errorf("%q: want %s in\n%s", text, want, body)
		}
	}
}

func TestCommandsAreCode(t *testing.T) {
	const page = `{{define "content"}}{{template "notice" .Content}}{{end}}`
	notice := web.Notice{Steps: []string{"Run `scimctl <x>`, then look.", "`half"}}
	body := render(t, page, web.Page{Content: notice}).Body.String()
	for _, want := range []string{"Run <code>scimctl &lt;x&gt;</code>, then look.", "<code>half</code>"} {
		if !strings.Contains(body, want) {
			t.Errorf("want %s in\n%s", want, body)
		}
	}
}
