package table_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"scimserver/shared/table"
)

// recorder keeps the last request and gives one answer.
type recorder struct {
	request *http.Request
	sent    string
	status  int
	answer  string
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	r.request, r.sent = request, string(body)
	return &http.Response{
		StatusCode: r.status, Header: http.Header{"X-Amzn-Requestid": {"R1"}},
		Body: io.NopCloser(strings.NewReader(r.answer)), Request: request,
	}, nil
}

// open opens a table by the variables of a shell, over the recorder.
func (r *recorder) open(t *testing.T, variables map[string]string) *table.DB {
	t.Helper()
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_ENDPOINT_URL", "")
	t.Setenv("AWS_ENDPOINT_URL_DYNAMODB", "")
	t.Setenv("AWS_REGION", "eu-central-1")
	t.Setenv("AWS_ACCESS_KEY_ID", "ID")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
	t.Setenv("AWS_SESSION_TOKEN", "TOKEN")
	for name, value := range variables {
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db, err := table.Open(table.Options{Name: "t", Config: &cfg, Client: &http.Client{Transport: r}})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestEndpoints(t *testing.T) {
	for want, variables := range map[string]map[string]string{
		"https://dynamodb.eu-central-1.amazonaws.com":   {},
		"https://dynamodb.cn-north-1.amazonaws.com.cn":  {"AWS_REGION": "cn-north-1"},
		"https://dynamodb-fips.us-east-1.amazonaws.com": {"AWS_REGION": "us-east-1", "AWS_USE_FIPS_ENDPOINT": "true"},
		"https://dynamodb.eu-central-1.api.aws":         {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
		"http://localhost:8000":                         {"AWS_ENDPOINT_URL": "http://localhost:8000"},
		"https://other.example.com":                     {"AWS_ENDPOINT_URL_DYNAMODB": "https://other.example.com"},
	} {
		t.Run(want, func(t *testing.T) {
			r := &recorder{status: 200, answer: "{}"}
			if _, err := r.open(t, variables).Get(t.Context(), table.Key{PK: "p", SK: "s"}); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSuffix(r.request.URL.String(), "/"); got != want {
				t.Errorf("called %s", got)
			}
		})
	}
}

// TestSignature computes the signature of a call from what was sent, by the steps of
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
func TestSignature(t *testing.T) {
	r := &recorder{status: 200, answer: "{}"}
	if _, err := r.open(t, nil).Get(t.Context(), table.Key{PK: "p", SK: "s"}); err != nil {
		t.Fatal(err)
	}
	const names = "content-length;content-type;host;x-amz-date;x-amz-security-token;x-amz-target"
	at := r.request.Header.Get("X-Amz-Date")
	canonical := strings.Join([]string{
		"POST", "/", "",
		"content-length:" + strconv.Itoa(len(r.sent)), "content-type:application/x-amz-json-1.0",
		"host:dynamodb.eu-central-1.amazonaws.com", "x-amz-date:" + at, "x-amz-security-token:TOKEN",
		"x-amz-target:DynamoDB_20120810.GetItem", "",
		names, hash(r.sent),
	}, "\n")
	scope := at[:8] + "/eu-central-1/dynamodb/aws4_request"
	key := "AWS4SECRET"
	for _, part := range strings.Split(scope, "/") {
		key = mac(key, part)
	}
	signature := hex.EncodeToString([]byte(mac(key, "AWS4-HMAC-SHA256\n"+at+"\n"+scope+"\n"+hash(canonical))))
	want := "AWS4-HMAC-SHA256 Credential=ID/" + scope + ", SignedHeaders=" + names + ", Signature=" + signature
	if got := r.request.Header.Get("Authorization"); got != want {
		t.Errorf("Authorization %s\nwant          %s", got, want)
	}
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func mac(key, text string) string {
	h := hmac.New(sha256.New, []byte(key))
	h.Write([]byte(text))
	return string(h.Sum(nil))
}

// TestErrorNamesTheRequest: AWS Support asks for the id.
func TestErrorNamesTheRequest(t *testing.T) {
	r := &recorder{status: 400, answer: `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}`}
	_, err := r.open(t, nil).Get(t.Context(), table.Key{PK: "p", SK: "s"})
	if _, ok := errors.AsType[*types.ResourceNotFoundException](err); !ok || !strings.Contains(err.Error(), `"R1"`) {
		t.Errorf("%v; want a ResourceNotFoundException of request R1", err)
	}
}
