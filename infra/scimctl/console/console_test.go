package console_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"scimserver/infra/local/stack"
	"scimserver/infra/scimctl/ctltest"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/command"
)

func TestMain(m *testing.M) { os.Exit(testkit.Run(m)) }

// bench is the real scimctl against the real stack.
type bench struct {
	*testing.T
	program string
	env     []string
	stack   *stack.Stack
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s := ctltest.Stack(t)
	return &bench{T: t, program: ctltest.Build(t, ".."), stack: s, env: ctltest.Env(s)}
}

// ctl runs a command of scimctl and decodes what it prints.
func (b *bench) ctl(args ...string) map[string]any {
	b.Helper()
	cmd := command.Limited(b.Context(), 3*time.Minute, b.program, append(args, "-json")...)
	cmd.Env = b.env
	out, err := cmd.Output()
	var v map[string]any
	if err != nil || json.Unmarshal(out, &v) != nil {
		b.Fatalf("scimctl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return v
}

// scim sends a SCIM request and returns its status and body.
func (b *bench) scim(token, method, path string, body any) (int, map[string]any) {
	b.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		b.Fatal(err)
	}
	return ctltest.Send(b.T, b.stack, token, method, path, string(data))
}

func (b *bench) newUser(token, userName, displayName, email string) (int, map[string]any) {
	b.Helper()
	return b.scim(token, "POST", "/Users", map[string]any{
		"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": userName,
		"displayName": displayName, "emails": []map[string]any{{"value": email, "primary": true}},
	})
}

// start starts scimctl console and returns the link that it prints. It ends with the test.
func (b *bench) start(env []string, flags ...string) (link string) {
	b.Helper()
	ctx, end := context.WithCancel(context.Background())
	cmd := command.New(ctx, b.program, append([]string{"console"}, flags...)...)
	cmd.Env, cmd.Stderr = env, b.Output()
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Minute
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		end()
		if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 0 {
			b.Errorf("after Ctrl-C: %v", err)
		}
	})
	lines := bufio.NewScanner(out)
	for !strings.HasPrefix(link, "http://127.0.0.1:") {
		line, err := command.Line(cmd, lines, time.Minute)
		if err != nil {
			b.Fatalf("no link is printed: %v", err)
		}
		link = strings.TrimSpace(line)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return link
}

// client is a program that has opened the link of a console, like a browser.
type client struct {
	*bench
	http *http.Client
	root string // the origin
	base string // the path of the pages
}

// page is an answer of the console.
type page struct {
	status int
	header http.Header
	body   string
	at     string // the path, after redirects
}

var basePath = regexp.MustCompile(`/[a-z2-7]{26}/`)

// open opens a console.
func (b *bench) open(env []string) *client {
	b.Helper()
	return b.openLink(b.start(env))
}

func (b *bench) openLink(link string) *client {
	b.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		b.Fatal(err)
	}
	c := &client{bench: b, http: &http.Client{Jar: jar}}
	at, err := url.Parse(link)
	if err != nil {
		b.Fatal(err)
	}
	c.root = "http://" + at.Host
	opened := c.get(at.Path)
	c.base = strings.TrimSuffix(basePath.FindString(opened.header.Get("Refresh")), "/")
	if opened.status != http.StatusOK || c.base == "" {
		b.Fatalf("the link is answered %d %s", opened.status, opened.body)
	}
	return c
}

// get reads a page by its path below the origin.
func (c *client) get(path string) page { return c.do(c.request("GET", path, nil)) }

// view reads a page of the console, and expects that it is there.
func (c *client) view(path string) string {
	c.Helper()
	p := c.get(c.base + path)
	if p.status != http.StatusOK {
		c.Errorf("GET %s: %d %s", path, p.status, p.body)
	}
	return p.body
}

func (c *client) request(method, path string, form url.Values) *http.Request {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.root+path, strings.NewReader(form.Encode()))
	if err != nil {
		c.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return req
}

func (c *client) do(req *http.Request) page {
	c.Helper()
	res, err := c.http.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return page{res.StatusCode, res.Header, string(body), res.Request.URL.RequestURI()}
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// csrf is the token in a form of the console.
func (c *client) csrf(path string) string {
	c.Helper()
	found := csrfField.FindStringSubmatch(c.view(path))
	if found == nil {
		c.Fatalf("there is no form at %s", path)
	}
	return found[1]
}

// upload sends the form of a page with a file.
func (c *client) upload(path string, form url.Values, field, file string) page {
	c.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	form.Set("csrf", c.csrf(path))
	for name := range form {
		_ = w.WriteField(name, form.Get(name))
	}
	part, err := w.CreateFormFile(field, "definition.json")
	if err == nil {
		_, err = io.WriteString(part, file)
	}
	if err = errors.Join(err, w.Close()); err != nil {
		c.Fatal(err)
	}
	req := c.request("POST", c.base+path, url.Values{})
	req.Body, req.ContentLength = io.NopCloser(&body), int64(body.Len())
	req.Header.Set("Content-Type", w.FormDataContentType())
	return c.do(req)
}

// submit sends the form of a page.
func (c *client) submit(path string, form url.Values) page {
	c.Helper()
	form.Set("csrf", c.csrf(path))
	return c.do(c.request("POST", c.base+path, form))
}

func TestConsole(t *testing.T) {
	if testing.Short() {
		t.Skip("scimctl and the functions are processes of their own, of which the race detector sees nothing")
	}
	b := newBench(t)
	d := b.seed()
	c := b.open(b.env)
	for _, part := range []struct {
		name string
		test func(*client, data)
	}{
		{"no session", noSession},
		{"another host", otherHost},
		{"forged forms", forgedForms},
		{"headers", headers},
		{"cookie", cookie},
		{"hostile names", hostileNames},
		{"ids that are paths", pathIDs},
		{"used in a browser", usedInBrowser},
		{"lists and searches", listsAndSearches},
		{"people over everything", people},
		{"conflicts", resolveConflicts},
		{"credentials", credentials},
		{"invitations", invitations},
		{"traces", traces},
		{"schemas", schemas},
		{"the table", tableCheck},
		{"settings and teams", settings},
		{"opens itself", opensItself},
		{"refusals of the API", refusals},
	} {
		t.Run(part.name, func(t *testing.T) {
			own, ownBench := *c, *b
			ownBench.T = t
			own.bench = &ownBench
			part.test(&own, d)
		})
	}
}
