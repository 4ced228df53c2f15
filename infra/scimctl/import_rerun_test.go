package main_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"scimserver/shared/testkit"
	"scimserver/shared/testkit/command"
)

// rerun: wherever an import ends, the same command creates what is missing, once.
func rerun(b *bench) {
	rows := testkit.Size(240, 120)
	var text strings.Builder
	text.WriteString("userName,email\n")
	var rejects []string
	for i := range rows {
		if i%40 == 7 {
			fmt.Fprintf(&text, "bad%d,nonsense\n", i)
			rejects = append(rejects, fmt.Sprintf("%d emails: \"nonsense\" is not an email", i+2))
			continue
		}
		fmt.Fprintf(&text, "p%d,p%d@p.example\n", i, i)
	}
	path := b.file("people.csv", text.String())
	good := rows - len(rejects)
	start := b.count()
	b.interrupt(path, start+rows/6, os.Kill)
	b.interrupt(path, start+rows*5/12, os.Interrupt)
	b.fails(1, "stopped after 0 rows (0 created, 0 already there, 0 rejected); run the same command again to continue",
		"account import "+path+" -env-file "+b.file("env", "ADMIN_SECRET_ACCESS_KEY=wrong\n"))
	r := b.exec("", "account", "import", path, "-json")
	var got struct{ Created, AlreadyThere, Rejected int }
	err := json.Unmarshal([]byte(r.out), &got)
	if err != nil || r.code != 1 || got.AlreadyThere < rows*5/12 || got.Created+got.AlreadyThere != good ||
		got.Rejected != len(rejects) {
		b.Errorf("run again: %+v, %v", r, err)
	}
	b.report(path+".rejects.csv", rejects...)
	if n := b.count(); n != start+good {
		b.Errorf("%d accounts, want %d", n, start+good)
	}
	b.imports(0, good, len(rejects), "", path)
	b.whole(good)
}

// dying: functions that die in the middle of requests neither lose rows nor reject them.
func dying(b *bench) {
	rows := testkit.Size(120, 60)
	var text strings.Builder
	for i := range rows {
		fmt.Fprintf(&text, "{\"userName\":\"d%d\",\"emails\":[{\"value\":\"d%d@d.example\"}]}\n", i, i)
	}
	start := b.count()
	ended := make(chan result, 1)
	path := b.file("people.jsonl", text.String())
	go func() { ended <- b.exec("", "account", "import", path) }()
	killed := 0
	for n := rows / 6; n <= rows*2/3; n += rows / 6 {
		for deadline := time.Now().Add(time.Minute); b.count() < start+n && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		killed += b.stack.Kill("AdminFunction") // none, if the last one killed has no successor yet
	}
	if killed == 0 {
		b.Error("nothing was killed")
	}
	if r := <-ended; r.code != 0 || !strings.Contains(r.out, "rejected       0") {
		b.Errorf("imported: %+v", r)
	}
	b.imports(0, rows, 0, "", path)
	if n := b.count(); n != start+rows {
		b.Errorf("%d accounts, want %d", n, start+rows)
	}
}

// interrupt ends an import by a signal when there are so many accounts. A gate keeps the import from
// creating more, however fast the machine is.
func (b *bench) interrupt(path string, accounts int, by os.Signal) {
	b.Helper()
	g := b.gate(accounts - b.count())
	cmd := command.Limited(b.Context(), limit, b.program, "account", "import", path, "-parallel", "4")
	var errs strings.Builder
	cmd.Env, cmd.Stderr = append(slices.Clone(b.env), "ADMIN_URL="+g.url), &errs
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		b.Fatalf("the import ended early: %v, %s", err, errs.String())
	case <-g.reached:
	}
	if err := cmd.Process.Signal(by); err != nil {
		b.Fatal(err)
	}
	if err := <-ended; err == nil {
		b.Fatal("the import was through before it was interrupted")
	}
	if by == os.Interrupt && !strings.Contains(errs.String(), "interrupted\nthe import stopped after") {
		b.Errorf("interrupted: %s", errs.String())
	}
}

// gate is a proxy to the operator API. It lets a number of accounts be created, one after the other. The
// requests for further ones wait until their sender is gone.
type gate struct {
	url     string
	reached chan struct{} // closed when there is a request for a further account

	mu   sync.Mutex
	left int
	once sync.Once
}

func (b *bench) gate(accounts int) *gate {
	b.Helper()
	to, err := url.Parse(b.stack.AdminURL())
	if err != nil {
		b.Fatal(err)
	}
	g := &gate{reached: make(chan struct{}), left: accounts}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Host = r.In.Host // it is signed
		},
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode == http.StatusCreated {
				g.left--
			}
			return nil
		},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.pass(forward, w, r)
	}))
	b.Cleanup(server.Close)
	g.url = server.URL
	return g
}

func (g *gate) pass(forward http.Handler, w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		forward.ServeHTTP(w, r)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left > 0 {
		forward.ServeHTTP(w, r)
		return
	}
	g.once.Do(func() { close(g.reached) })
	_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the sender is gone
	<-r.Context().Done()
}
