package console_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/infra/scimctl/apiclient"
	"scimserver/infra/scimctl/console"
)

// answering returns the address of a server that answers as API Gateway does, in front of the service.
func answering(t *testing.T, status int, message string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, `{"message":%q}`, message)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// refusals: the operator reads what is wrong and what to do.
func refusals(c *client, _ data) {
	for name, of := range map[string]struct {
		api    string
		status int
		words  []string
	}{
		"IAM": {
			answering(c.T, 403, "User: arn:aws:iam::1:user/eve is not authorized to perform: execute-api:Invoke"), 403,
			[]string{"Your AWS identity may not do this", "user/eve", "execute-api:Invoke"},
		},
		"expired": {
			answering(c.T, 403, "The security token included in the request is expired"), 401,
			[]string{"Your AWS credentials have expired", "aws sso login", "Try again"},
		},
		"unreachable": {"http://127.0.0.1:1", 502, []string{"can&#39;t be reached", "ADMIN_URL", "Try again"}},
		"broken": {
			answering(c.T, 500, "the operation failed"), 500, []string{"The operator API failed (500)", "Try again"},
		},
		"no signature": {
			answering(c.T, 401, "Missing Authentication Token"), 401, []string{"Your AWS identity may not do this"},
		},
		"not understood": {
			answering(c.T, 422, "the service does not understand this"), 422,
			[]string{"The operator API refused the request", "The service does not understand this."},
		},
		"busy": {answering(c.T, 429, "slow down"), 429, []string{"Too many requests at once", "Try again"}},
	} {
		c.Run(name, func(t *testing.T) {
			t.Parallel()
			own := *c.bench
			own.T = t
			other := own.open(slices.Concat(own.env, []string{"ADMIN_URL=" + of.api}))
			p := other.get(other.base + "/tenants")
			if p.status != of.status {
				t.Errorf("%d %s", p.status, p.body)
			}
			for _, w := range of.words {
				if !strings.Contains(p.body, w) {
					t.Errorf("%q is not in %s", w, p.body)
				}
			}
		})
	}
}

// inProcess runs a console of its own with other limits.
func inProcess(t testing.TB, api string, o console.Options) (link string, ended <-chan error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "env")
	text := "ADMIN_URL=" + api + "\nADMIN_ACCESS_KEY_ID=a\nADMIN_SECRET_ACCESS_KEY=b\nADMIN_REGION=eu-central-1\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	client, err := apiclient.Connect(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	in, out := io.Pipe()
	done := make(chan error, 1)
	o.API, o.Out = client, out
	ctx, end := context.WithCancel(context.Background())
	t.Cleanup(end)
	go func() { done <- console.Run(ctx, o) }()
	buffer := make([]byte, 512)
	n, err := in.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, in) }()
	for word := range strings.FieldsSeq(string(buffer[:n])) {
		if strings.HasPrefix(word, "http://") {
			return word, done
		}
	}
	t.Fatalf("no link in %q", buffer[:n])
	return "", nil
}

// A page does not wait for the operator API forever, and says whether a change may have been made.
func TestSlowAPI(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-hang
	}))
	t.Cleanup(api.Close)
	t.Cleanup(func() { close(hang) })
	link, _ := inProcess(t, api.URL, console.Options{Timeout: time.Millisecond})
	c := (&bench{T: t}).openLink(link)
	p := c.get(c.base + "/tenants")
	if p.status != http.StatusGatewayTimeout || !strings.Contains(p.body, "did not answer in time") ||
		!strings.Contains(p.body, "Try again") {
		t.Errorf("%d %s", p.status, p.body)
	}
	created := c.submit("/tenants/acme/credentials/new", map[string][]string{"kind": {"token"}})
	if created.status != http.StatusGatewayTimeout ||
		!strings.Contains(created.body, "not known whether the change was made") {
		t.Errorf("%d %s", created.status, created.body)
	}
}

// A console that nobody uses ends by itself.
func TestIdle(t *testing.T) {
	t.Parallel()
	_, ended := inProcess(t, "http://127.0.0.1:1", console.Options{Idle: time.Millisecond})
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("it does not end")
	}
}
