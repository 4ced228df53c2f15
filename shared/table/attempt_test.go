package table_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"scimserver/shared/table"
)

// attempts gives each attempt of a call its own answer; after them, an empty one.
type attempts struct {
	answers []func(*http.Request) *http.Response
	made    int
}

func (a *attempts) RoundTrip(request *http.Request) (*http.Response, error) {
	a.made++
	if a.made > len(a.answers) {
		return answer(http.StatusOK, strings.NewReader("{}")), nil
	}
	return a.answers[a.made-1](request), nil
}

func answer(status int, body io.Reader) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body)}
}

// failing is an answer with an error of DynamoDB.
func failing(status int, code string) func(*http.Request) *http.Response {
	return func(*http.Request) *http.Response {
		return answer(status, strings.NewReader(`{"__type":"com.amazonaws.dynamodb.v20120810#`+code+`"}`))
	}
}

// stalled is an answer whose body never ends.
func stalled(request *http.Request) *http.Response {
	return answer(http.StatusOK, io.MultiReader(strings.NewReader(`{"Item":`), waiting{request.Context()}))
}

// waiting is a body that sends nothing until the call is given up.
type waiting struct{ ctx context.Context }

func (w waiting) Read([]byte) (int, error) {
	<-w.ctx.Done()
	return 0, w.ctx.Err()
}

func (a *attempts) get(t *testing.T, keys aws.CredentialsProviderFunc) error {
	t.Helper()
	cfg := aws.Config{Region: "eu-central-1", Credentials: keys}
	db, err := table.Open(table.Options{Name: "t", Config: &cfg, Client: &http.Client{Transport: a}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Get(t.Context(), table.Key{PK: "p", SK: "s"})
	return err
}

func someKeys(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "ID", SecretAccessKey: "SECRET"}, nil
}

// TestStalledAnswer: an answer that stops half way leaves time for another attempt.
func TestStalledAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, start := &attempts{answers: []func(*http.Request) *http.Response{stalled}}, time.Now()
		if err := a.get(t, someKeys); err != nil || a.made != 2 {
			t.Errorf("%d attempts, %v", a.made, err)
		}
		if took := time.Since(start); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("took %v, want a third of the budget and a pause", took)
		}
	})
}

// TestAttempts: which errors are worth another attempt. The names are those of DynamoDB's reference,
// "Error handling with DynamoDB", and of what stands before it.
func TestAttempts(t *testing.T) {
	for _, tt := range []struct {
		status int
		code   string
		want   int
	}{
		{500, "InternalServerError", 2},
		{500, "InternalServerException", 2},
		{502, "BadGateway", 2},
		{503, "ServiceUnavailableException", 2},
		{504, "GatewayTimeout", 2},
		{408, "RequestTimeoutException", 2},
		{429, "SlowDown", 2},
		{400, "ThrottlingException", 2},
		{400, "ReplicatedWriteConflictException", 2},
		{400, "ValidationException", 1},
		{403, "AccessDeniedException", 1},
	} {
		t.Run(tt.code, func(t *testing.T) {
			a := &attempts{answers: []func(*http.Request) *http.Response{failing(tt.status, tt.code)}}
			if err := a.get(t, someKeys); a.made != tt.want || (err == nil) != (tt.want == 2) {
				t.Errorf("%d attempts, want %d: %v", a.made, tt.want, err)
			}
		})
	}
}

// TestSlowCredentials: credentials that do not come in time may come later.
func TestSlowCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &attempts{}
		err := a.get(t, func(ctx context.Context) (aws.Credentials, error) {
			<-ctx.Done()
			return aws.Credentials{}, ctx.Err()
		})
		if !errors.Is(err, table.ErrUnavailable) || a.made != 0 {
			t.Errorf("%d attempts, %v", a.made, err)
		}
	})
}

// TestNothingToSend: without credentials no attempt can succeed.
func TestNothingToSend(t *testing.T) {
	asked, none := 0, errors.New("no credentials")
	a := &attempts{}
	err := a.get(t, func(context.Context) (aws.Credentials, error) { asked++; return aws.Credentials{}, none })
	if !errors.Is(err, none) || errors.Is(err, table.ErrUnavailable) || asked != 1 || a.made != 0 {
		t.Errorf("asked %d times, %d attempts, %v", asked, a.made, err)
	}
}
