package apigateway

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	iamAuthorizer = "AWS_IAM"
	signedService = "execute-api"
	signedFormat  = "20060102T150405Z"
	maxSkew       = 5 * time.Minute
)

// verify checks that the operator has signed a request (Signature Version 4). It returns
// the type of the gateway response that refuses the request, or "". It compares the
// signature with that of the SDK's signer for the same headers.
func (x *exchange) verify(body []byte) string {
	header := x.r.Header.Get("Authorization")
	if header == "" {
		return missingAuthentication
	}
	claimed, ok := parseSignature(header)
	at, err := time.Parse(signedFormat, x.r.Header.Get("X-Amz-Date"))
	operator, region := x.api.Operator, x.api.deployed.Region
	scope := strings.Join(
		[]string{operator.AccessKeyID, at.Format("20060102"), region, signedService, "aws4_request"},
		"/",
	)
	if !ok || err != nil || time.Since(at).Abs() > maxSkew || operator.AccessKeyID == "" ||
		claimed.credential != scope {
		return invalidSignature
	}
	again := claimed.covered(x.r, body)
	hash := sha256.Sum256(body)
	payload := hex.EncodeToString(hash[:])
	err = v4.NewSigner().SignHTTP(context.Background(), operator, again, payload, signedService, region, at)
	if err != nil {
		return invalidSignature
	}
	if !hmac.Equal([]byte(again.Header.Get("Authorization")), []byte(claimed.String())) {
		return invalidSignature
	}
	x.operator = "arn:aws:iam::" + x.api.deployed.AccountID + ":user/local"
	return ""
}

// signature is a parsed Authorization header of Signature Version 4.
type signature struct {
	credential string
	headers    []string // in lower case
	value      string
}

const algorithm = "AWS4-HMAC-SHA256"

func parseSignature(header string) (s signature, ok bool) {
	name, rest, _ := strings.Cut(header, " ")
	for part := range strings.SplitSeq(rest, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch key {
		case "Credential":
			s.credential = value
		case "SignedHeaders":
			s.headers = strings.Split(value, ";")
		case "Signature":
			s.value = value
		}
	}
	return s, name == algorithm && slices.Contains(s.headers, "host") && s.value != ""
}

// String returns the header as the SDK writes it.
func (s signature) String() string {
	return algorithm + " Credential=" + s.credential + ", SignedHeaders=" + strings.Join(
		s.headers,
		";",
	) + ", Signature=" + s.value
}

// covered returns the parts of the request that the signature covers.
func (s signature) covered(r *http.Request, body []byte) *http.Request {
	c := &http.Request{
		Method: r.Method,
		URL:    r.URL,
		Host:   r.Host,
		Header: http.Header{},
		Body:   io.NopCloser(bytes.NewReader(body)),
	}
	if slices.Contains(s.headers, "content-length") {
		c.ContentLength = int64(len(body))
	}
	for name, values := range r.Header {
		if slices.Contains(s.headers, strings.ToLower(name)) && name != "Content-Length" {
			c.Header[name] = values
		}
	}
	return c
}
