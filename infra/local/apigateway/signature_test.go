package apigateway_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"scimserver/infra/local/apigateway"
	"scimserver/infra/local/template"
)

// request is what a test signs, and may spoil afterwards.
type request struct {
	key     aws.Credentials
	region  string
	service string
	at      time.Time
	body    string
	path    string
	spoil   func(*http.Request)
}

func TestSignature(t *testing.T) {
	key := aws.Credentials{AccessKeyID: "AKIALOCAL", SecretAccessKey: "secret"}
	server := signedAPI(t, key)
	good := func() request {
		return request{
			key: key, region: "eu-central-1", service: "execute-api", at: time.Now(), body: `{"a":"ü"}`,
			path: "/v1/a%20b/c?q=x%20y&p=%C3%BC",
		}
	}
	cases := map[string]struct {
		change func(*request)
		status int
	}{
		"signed":         {func(*request) {}, 200},
		"without a body": {func(r *request) { r.body = "" }, 200},
		"unsigned":       {func(r *request) { r.spoil = func(h *http.Request) { h.Header.Del("Authorization") } }, 403},
		"bearer token": {func(r *request) {
			r.spoil = func(h *http.Request) { h.Header.Set("Authorization", "Bearer x") }
		}, 403},
		"other secret":  {func(r *request) { r.key.SecretAccessKey = "other" }, 403},
		"other key":     {func(r *request) { r.key.AccessKeyID = "AKIAOTHER" }, 403},
		"other region":  {func(r *request) { r.region = "us-east-1" }, 403},
		"other service": {func(r *request) { r.service = "s3" }, 403},
		"too old":       {func(r *request) { r.at = time.Now().Add(-6 * time.Minute) }, 403},
		"too new":       {func(r *request) { r.at = time.Now().Add(6 * time.Minute) }, 403},
		"other method":  {func(r *request) { r.spoil = func(h *http.Request) { h.Method = http.MethodDelete } }, 403},
		"other path": {func(r *request) {
			r.spoil = func(h *http.Request) { h.URL.Path, h.URL.RawPath = "/v1/a b/d", "" }
		}, 403},
		"other query": {func(r *request) { r.spoil = func(h *http.Request) { h.URL.RawQuery = "q=z" } }, 403},
		"other body": {func(r *request) {
			r.spoil = func(h *http.Request) { h.Body = io.NopCloser(strings.NewReader(`{"a":"oo"}`)) }
		}, 403},
		"host not signed": {func(r *request) {
			r.spoil = func(h *http.Request) {
				h.Header.Set("Authorization", strings.Replace(h.Header.Get("Authorization"), "host;", "", 1))
			}
		}, 403},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := good()
			c.change(&r)
			if status := r.send(t, server); status != c.status {
				t.Errorf("%d, want %d", status, c.status)
			}
		})
	}
}

func signedAPI(t *testing.T, key aws.Credentials) *httptest.Server {
	t.Helper()
	d := template.Deployment{StackName: "app", Region: "eu-central-1", AccountID: "000000000000"}
	s, err := template.Load("testdata/signed.yaml", d)
	if err != nil {
		t.Fatal(err)
	}
	api, err := apigateway.New(s, d, "Operators", func(string) apigateway.Function { return function(echo) })
	if err != nil {
		t.Fatal(err)
	}
	api.Operator = key
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	return server
}

func (r request) send(t *testing.T, server *httptest.Server) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+r.path,
		bytes.NewReader([]byte(r.body)))
	if err != nil {
		t.Fatal(err)
	}
	hash := sha256.Sum256([]byte(r.body))
	sum := hex.EncodeToString(hash[:])
	if err := v4.NewSigner().SignHTTP(t.Context(), r.key, req, sum, r.service, r.region, r.at); err != nil {
		t.Fatal(err)
	}
	if r.spoil != nil {
		r.spoil(req)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}
