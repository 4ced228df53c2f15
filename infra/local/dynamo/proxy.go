// Package dynamo is a proxy between the functions and a DynamoDB engine: it creates the
// table that the template declares, refuses calls that a function's policy does not grant,
// and keeps the engine running.
package dynamo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"scimserver/infra/local/iam"
)

// maxBody exceeds the maximum of a DynamoDB request (16 MB).
const maxBody = 20 << 20

// Proxy is the DynamoDB endpoint of the functions. It identifies a function by its access
// key id.
type Proxy struct {
	Policies map[string]*iam.Policy // by access key id; callers without a policy are refused

	address   string
	schema    schema
	account   aws.Config
	engine    http.RoundTripper
	transport http.RoundTripper // the engine's, wrapped
	log       io.Writer
	endpoint  atomic.Value // string; "" while no engine is ready
}

// NewProxy returns a proxy at an address that signs its own calls for an account. wrap, if
// not nil, wraps its transport to the engine.
func NewProxy(
	address string,
	tables []*Table,
	account aws.Config,
	wrap func(http.RoundTripper) http.RoundTripper,
	log io.Writer,
) *Proxy {
	p := &Proxy{
		Policies: map[string]*iam.Policy{}, address: address, account: account, log: log,
		schema: schema{partitionKey: map[string]string{}},
		// Answers are passed on unchanged, so they are not unpacked.
		// The engine closes a connection that has been idle for 30 seconds.
		engine: &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 20 * time.Second, DisableCompression: true},
	}
	for _, t := range tables {
		p.schema.arnPrefix = strings.TrimSuffix(t.ARN, t.Name)
		p.schema.partitionKey[t.Name] = t.partitionKey()
	}
	p.transport = p.engine
	if wrap != nil {
		p.transport = wrap(p.engine)
	}
	return p
}

// URL returns the endpoint for the functions.
func (p *Proxy) URL() string { return "http://" + p.address }

// Endpoint returns the endpoint of the engine, "" while there is none.
func (p *Proxy) Endpoint() string {
	endpoint, _ := p.endpoint.Load().(string)
	return endpoint
}

// ParsePolicies parses the Policies of a function in the template.
func ParsePolicies(policies any) (*iam.Policy, error) {
	data, err := json.Marshal(policies)
	if err != nil {
		return nil, err
	}
	return iam.Parse(data, leadingKeys, enclosingOperation, requestTag, resourceTag)
}

// Serve sends calls to the engine at an endpoint from now on; "" if there is none.
func (p *Proxy) Serve(endpoint string) { p.endpoint.Store(endpoint) }

// ServeHTTP forwards a call if it is granted. If the engine cannot be reached, the
// connection breaks, as it does if DynamoDB cannot be reached.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		refuse(w, "SerializationException", "the request could not be read")
		return
	}
	if denied := p.denied(r, body); denied != "" {
		_, _ = fmt.Fprintln(p.log, "dynamodb |", denied)
		refuse(w, "AccessDeniedException", denied)
		return
	}
	res, err := p.forward(r, body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer func() { _ = res.Body.Close() }()
	copyHeader(w.Header(), res.Header)
	w.WriteHeader(res.StatusCode)
	if _, err := io.Copy(w, res.Body); err != nil {
		panic(http.ErrAbortHandler)
	}
}

type callerKey struct{}

// Caller returns the access key id of the caller of a forwarded call.
func Caller(forwarded context.Context) string {
	name, _ := forwarded.Value(callerKey{}).(string)
	return name
}

// denied returns why a call is not granted, "" if it is granted.
func (p *Proxy) denied(r *http.Request, body []byte) string {
	caller := iam.Caller(r)
	if p.Policies[caller] == nil {
		return "the caller is not a function of the template"
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	all, err := p.schema.accesses(operation, body)
	if err != nil {
		return fmt.Sprintf("%s is not authorized to perform: dynamodb:%s (%v)", caller, operation, err)
	}
	for _, a := range all {
		if !p.Policies[caller].Allows(a) {
			return fmt.Sprintf(
				"%s is not authorized to perform: %s, because its policy in the template does not allow it",
				caller,
				a,
			)
		}
	}
	return ""
}

// forward passes a call on to the engine.
func (p *Proxy) forward(r *http.Request, body []byte) (*http.Response, error) {
	header := http.Header{}
	for _, name := range []string{"Content-Type", "X-Amz-Target", "Accept-Encoding", "User-Agent"} {
		if v := r.Header.Get(name); v != "" {
			header.Set(name, v)
		}
	}
	out, err := p.signed(context.WithValue(r.Context(), callerKey{}, iam.Caller(r)), header, body)
	if err != nil {
		return nil, err
	}
	return p.transport.RoundTrip(out)
}

// signed signs a call as the proxy: DynamoDB itself accepts no signature of a local
// function.
func (p *Proxy) signed(ctx context.Context, header http.Header, body []byte) (*http.Request, error) {
	endpoint := p.Endpoint()
	if endpoint == "" {
		return nil, errors.New("no engine is ready")
	}
	out, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	out.Header = header
	c, err := p.account.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(body)
	return out, v4.NewSigner().
		SignHTTP(ctx, c, out, hex.EncodeToString(hash[:]), "dynamodb", p.account.Region, time.Now())
}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		to[name] = values
	}
}

// refuse answers an error as DynamoDB does, with the checksum that the SDK expects.
func refuse(w http.ResponseWriter, code, message string) {
	body, _ := json.Marshal(map[string]string{"__type": "com.amazon.coral.service#" + code, "message": message})
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.Header().Set("X-Amz-Crc32", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10))
	w.WriteHeader(http.StatusBadRequest)
	_, _ = w.Write(body)
}
