package trace

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// badgeURN is the schema of a tenant whose users have secrets: pin, the sub-attribute code of badge, and
// all of vault.
const badgeURN = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"

// names are those of the standard schemas and of badgeURN.
func names(t testing.TB) Names {
	t.Helper()
	r, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	definition, err := scim.ParseJSON([]byte(`{"id":"` + badgeURN + `","name":"Acme","attributes":[
		{"name":"costId"},{"name":"pin","returned":"never"},{"name":"badge","type":"complex","subAttributes":[
		{"name":"label"},{"name":"code","returned":"never"}]},
		{"name":"vault","type":"complex","mutability":"writeOnly","returned":"never",
		"subAttributes":[{"name":"word"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	own, err := r.ParseDefinition(definition)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = r.Extend([]schema.Addition{{Type: "User", Schema: own}}); err != nil {
		t.Fatal(err)
	}
	return NamesOf(r)
}

// exchange makes an exchange with a body, a target and an answer.
func exchange(method, target, body, answer string) Exchange {
	u, _ := url.Parse(target)
	return Exchange{
		Time: time.Unix(1_800_000_000, 0), Took: 1500 * time.Microsecond, Method: method, URL: u,
		Header: http.Header{}, Body: []byte(body), Size: len(body), Status: 200,
		AnswerHeader: http.Header{}, Answer: []byte(answer),
	}
}

func TestStructureIsKept(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"user": {
			`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ann@acme.example","active":true,
			  "emails":[{"value":"ann@acme.example","type":"work","primary":true}],"password":"hunter2","age":41}`,
			`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"<string of 16>","active":true,` +
				`"emails":[{"value":"<string of 16>","type":"work","primary":true}],"password":"<password>",` +
				`"age":"<number>"}`,
		},
		"Entra's PATCH": {
			`{"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"x@y"},` +
				`{"op":"Add","path":"active","value":"False"}]}`,
			`{"Operations":[{"op":"Replace","path":"emails[type eq <string of 4>].value","value":"<string of 3>"},` +
				`{"op":"Add","path":"active","value":"<string of 5>"}]}`,
		},
		"keys that are paths": {
			`{"op":"add","value":{"name.givenName":"Ann","emails[type eq \"bob\"].value":"a","a b@c":1}}`,
			`{"op":"add","value":{"name.givenName":"<string of 3>",` +
				`"emails[type eq <string of 3>].value":"<string of 1>",` +
				`"<string of 1> <string of 3>":"<number>"}}`,
		},
		"a filter with errors": {
			`{"op":"remove","path":"userName eq Ann Smith and (title eq"}`,
			`{"op":"remove","path":"userName eq <string of 3> <string of 5> and (title eq"}`,
		},
		"Bulk": {
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,"Operations":[
			  {"method":"POST","path":"/Users","bulkId":"q","data":{"userName":"ann"}},
			  {"method":"DELETE","path":"/Users/ann"}]}`,
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"failOnErrors":1,` +
				`"Operations":[{"method":"POST","path":"/Users","bulkId":"<string of 1>","data":` +
				`{"userName":"<string of 3>"}},` +
				`{"method":"DELETE","path":"/Users/<string of 3>"}]}`,
		},
		".search": {
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName"],` +
				`"filter":"userName sw \"J\" and active eq true","count":5,"sortOrder":"descending"}`,
			`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":["userName"],` +
				`"filter":"userName sw <string of 1> and active eq <string of 4>","count":5,"sortOrder":"descending"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := Record(exchange("POST", "/v1/scim/v2/Users", c.body, ""), names(t), false).Sent.Body
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// TestValuesThatAreShown: with values, those of defined attributes are shown, and nothing tells the length
// of a secret.
func TestValuesThatAreShown(t *testing.T) {
	n := names(t)
	for name, c := range map[string]struct{ body, want string }{
		"user": {
			`{"userName":"ann","name":{"givenName":"Ann"},"age":41,"` + badgeURN + `":{"costId":"7","pin":"1234",` +
				`"badge":{"label":"blue","code":"9"},"vault":{"word":"w"}},"urn:x:User":{"gone":"abc"}}`,
			`{"userName":"ann","name":{"givenName":"Ann"},"age":"<number>","` + badgeURN + `":{"costId":"7",` +
				`"pin":"<secret>","badge":{"label":"blue","code":"<secret>"},"vault":"<secret>"},` +
				`"urn:x:User":{"gone":"<string of 3>"}}`,
		},
		"PATCH": {
			`{"Operations":[{"op":"add","path":"emails[type eq \"work\"].value","value":"a@b"},` +
				`{"op":"add","path":"` + badgeURN + `:costId","value":"7"},{"op":"add","path":"PIN","value":"1"},` +
				`{"op":"add","path":"emails[gone eq \"x\"].value","value":"a"},` +
				`{"op":"add","value":{"title":"t","gone":{"title":"t"}}}]}`,
			`{"Operations":[{"op":"add","path":"emails[type eq \"work\"].value","value":"a@b"},` +
				`{"op":"add","path":"` + badgeURN + `:costId","value":"7"},` +
				`{"op":"add","path":"PIN","value":"<secret>"},` +
				`{"op":"add","path":"emails[gone eq <string of 1>].value","value":"<string of 1>"},` +
				`{"op":"add","value":{"title":"t","gone":{"title":"<string of 1>"}}}]}`,
		},
		"filters": {
			`[{"filter":"not (userName eq \"a\") and ` + badgeURN + `:badge.label sw \"b\""},` +
				`{"filter":"userName eq a"},{"filter":"userName eq \"ann\" and pin eq \"1\""},` +
				`{"filter":"gone pr and title eq \"t\""}]`,
			`[{"filter":"not (userName eq \"a\") and ` + badgeURN + `:badge.label sw \"b\""},` +
				`{"filter":"userName eq a"},{"filter":"<secret>"},{"filter":"<string of 24>"}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := Record(exchange("POST", "/v1/scim/v2/Users", c.body, ""), n, true).Sent.Body
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestTargetAndHeaders(t *testing.T) {
	x := exchange("GET",
		`/v1/scim/v2/Users/bob@acme.example?filter=userName+eq+%22bob%22&count=3&attributes=emails,bob@x&who=bob&%zz`,
		"", "")
	x.Header = http.Header{
		"Authorization": {"Bearer scim_secret"},
		"User-Agent":    {"okta/1.2 bob"},
		"If-Match":      {`W/"3"`},
		"Accept":        {"application/scim+json"},
		"If-None-Match": {"bob"},
	}
	x.AnswerHeader = http.Header{"Location": {"https://h/v1/scim/v2/Users/0b7cb4d3-bbb7-4b68-a1c6-0d7a6c2dbd2e"}}
	got := Record(x, names(t), false)
	want := Request{
		Time: x.Time.UTC(), Method: "GET", Path: "/v1/scim/v2/Users/<string of 16>", Status: 200, Milliseconds: 1.5,
		Query: "filter=userName eq <string of 3>&count=3&attributes=emails,<string of 5>&who=<string of 3>&<malformed>",
		Sent: Message{Headers: map[string]string{
			"User-Agent":    "okta/1.2",
			"If-Match":      `W/"3"`,
			"Accept":        "application/scim+json",
			"If-None-Match": "<string of 3>",
		}},
		Answer: Message{
			Headers: map[string]string{"Location": "/v1/scim/v2/Users/0b7cb4d3-bbb7-4b68-a1c6-0d7a6c2dbd2e"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	full := Record(x, names(t), true)
	if full.Path != "/v1/scim/v2/Users/bob@acme.example" ||
		!strings.HasPrefix(full.Query, `filter=userName eq "bob"&`) ||
		full.Sent.Headers["Authorization"] != "" || full.Sent.Headers["User-Agent"] != "okta/1.2 bob" {
		t.Errorf("with values: %+v", full)
	}
}

// An error quotes a secret escaped and shortened. With values, the quotes of such a request are replaced.
func TestDetailsLoseEscapedSecrets(t *testing.T) {
	detail := `in "a\\qSECRET", write \\ for a backslash`
	query := "/scim/v2/Users?filter=" + url.QueryEscape(`pin eq "a\qSECRET"`)
	got := Record(exchange("GET", query, "", errorBody(detail)), names(t), true).Answer.Body
	if strings.Contains(got, "SECRET") || !strings.Contains(got, "for a backslash") {
		t.Errorf("got %s", got)
	}
}

// errorBody is an error of the service.
func errorBody(detail string) string {
	text, _ := json.Marshal(map[string]any{
		"detail": detail, "schemas": []string{scim.ErrorMessage}, "scimType": "uniqueness", "status": "409",
	})
	return string(text)
}

func TestDetailsLoseTheirValues(t *testing.T) {
	for name, c := range map[string]struct{ body, detail, want string }{
		"in quotes":   {`{"userName":"ann"}`, `userName "ann" is taken`, `userName <string of 3> is taken`},
		"without":     {`{"userName":"ann"}`, `the user ann is taken`, `<string of 21>`},
		"not a word":  {`{"userName":"ann"}`, `it cannot be read`, `it cannot be read`},
		"not JSON":    {`{"userName":`, `invalid JSON at byte 12`, `invalid JSON at byte 12`},
		"too many":    {`{"x":[` + strings.Repeat(`"abc",`, maxSeen) + `"ann"]}`, `the user`, `<string of 8>`},
		"too large":   {`{"x":"` + strings.Repeat("a", MaxParsed) + `"}`, `the user`, `<string of 8>`},
		"a long body": {`{"x":[` + strings.Repeat(`1,`, maxWork) + `"ann"]}`, `the user ann`, `<string of 12>`},
	} {
		t.Run(name, func(t *testing.T) {
			got := Record(exchange("POST", "/scim/v2/Users", c.body, errorBody(c.detail)), names(t), false).Answer.Body
			if want := errorBody(c.want); got != strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// TestHostileBodies: what is no JSON shows its size, and with values only a beginning that cannot
// hold a password.
func TestHostileBodies(t *testing.T) {
	long := "userName=" + strings.Repeat("x", 100)
	deep := strings.Repeat(`{"a":`, 5000) + `"SECRET"` + strings.Repeat("}", 5000)
	for name, c := range map[string]struct {
		body     string
		preview  string // with values
		original bool   // the preview is cut
	}{
		"form":            {"userName=ann&title=1", "userName=ann&title=1", false},
		"a secret":        {`{"PIN":"SECRET"`, "", false},
		"a name":          {"userName=ann&gone=SECRET", "", false},
		"a URN":           {`{"urn:x:2.0:User":"SECRET"`, "", false},
		"a password":      {`{"PassWord":"SECRET"`, "", false},
		"escaped":         {`{"pass\u0077ord":"SECRET"`, "", false},
		"percent":         {`p%61ssword=SECRET`, "", false},
		"UTF-16":          {"{\x00\"\x00p\x00a\x00", "", false},
		"invalid UTF-8":   {"{\"userName\":\"\xff\"}", "", false},
		"deep":            {deep, "", false},
		"duplicate names": {`{"password":"SECRET","Password":"SECRET"}`, "", false},
		"long words":      {long, long[:maxPreview], true},
		"no name":         {"078-05-1120,ann", "", false},
		"markup":          {"<ssn>078-05-1120</ssn>userName=ann", "", false},
		"not ASCII":       {`{"имя":"x","userName":"ann"`, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			without := Record(exchange("POST", "/scim/v2/Users", c.body, ""), names(t), false).Sent
			if diff := cmp.Diff(Message{
				Headers: map[string]string{}, Size: len(c.body), Note: "the body is not valid JSON",
			}, without); diff != "" {
				t.Errorf("without values, -want +got:\n%s", diff)
			}
			with := Record(exchange("POST", "/scim/v2/Users", c.body, ""), names(t), true).Sent
			if with.Body != c.preview || with.Cut != c.original {
				t.Errorf("with values: %+v", with)
			}
		})
	}
}

func TestBodiesAreCut(t *testing.T) {
	body := `{"x":[` + strings.Repeat(`"é",`, MaxBody) + `1]}`
	for _, values := range []bool{false, true} {
		m := Record(exchange("POST", "/scim/v2/Users", body, body), names(t), values)
		for _, m := range []Message{m.Sent, m.Answer} {
			if len(m.Body) > MaxBody || len(m.Body) < MaxBody-4 || !m.Cut || m.Size != len(body) {
				t.Errorf("%d of %d bytes, cut %v", len(m.Body), m.Size, m.Cut)
			}
		}
	}
}

// writer makes random bodies. Each value has the text secret, each password the text hunter.
type writer struct{ *rand.Rand }

const (
	secret = "S3CRET"
	hunter = "HUNT3R"
)

func (w writer) pick(list ...string) string { return list[w.IntN(len(list))] }

func (w writer) passwordName() string {
	return w.pick("password", "Password", "PASSWORD", "pass\u0077ord",
		"urn:ietf:params:scim:schemas:core:2.0:User:password",
		"password.value", "x.password", "ｐａｓｓｗｏｒｄ", "password[type eq \"x\"].value",
		"pin", "PIN", "ｐｉｎ", badgeURN+":Pin",
		strings.ToUpper(badgeURN)+".PIN", "badge.code", badgeURN+":badge.Code", "vault",
		badgeURN+":vault.word", "vault[word eq \"x\"].word",
		"gone", "urn:x:2.0:User:gone", badgeURN+":gone", "gone[type eq \"x\"].value",
		"emails[gone pr].value", "emails.gone")
}

func (w writer) name() string {
	return w.pick("userName", "id", "value", "path", "op", "schemas", "type", "detail", "location", "$ref", "version",
		"status", "filter", "active", "name.givenName", "emails[value eq \"S3CRET\"].value", "urn:x:2.0:User",
		"S3CRET mail@x", "resourceType", "scimType", "attributes", "sortBy", "sortOrder", "count", "method", "bulkId",
		"data", "meta", "Operations", "members")
}

// text makes a value that is not allowed anywhere.
func (w writer) text() string {
	return w.pick(secret+" x", "x@"+secret, "<"+secret+">", "\""+secret+"\"", secret+"\x00", "é "+secret, "+"+secret,
		"eq \""+secret+"\"",
		"userName eq \""+secret+"\"", "userName eq "+secret, "(("+secret+" "+secret,
		"userName eq \"\\\""+secret, "/Users/"+secret,
		"https://x/scim/v2/Users/"+secret+"?x="+secret, "emails[type eq \""+secret+"\" and x co "+secret+"].value")
}

func (w writer) value(depth int) any {
	switch n := w.IntN(8); {
	case n == 0 && depth > 0:
		return []any{w.value(depth - 1), w.value(depth - 1)}
	case n < 4 && depth > 0:
		return w.object(depth - 1)
	case n == 4:
		return json.Number("73511")
	}
	return w.text()
}

func (w writer) object(depth int) map[string]any {
	out := map[string]any{}
	for range w.IntN(5) {
		out[w.name()] = w.value(depth)
	}
	switch w.IntN(4) {
	case 0:
		out[w.passwordName()] = w.password(depth)
	case 1:
		out = map[string]any{"op": w.pick("add", "Replace"), "path": w.passwordName(), "value": w.password(depth)}
	case 2:
		out = map[string]any{"op": "add", "value": map[string]any{w.passwordName(): w.password(depth)}}
	}
	return out
}

// password makes the value of a password attribute, with structure and as JSON in a text.
func (w writer) password(depth int) any {
	switch n := w.IntN(4); {
	case n == 0 && depth > 0:
		return []any{map[string]any{"value": w.password(depth - 1)}}
	case n == 1:
		return `{"Password":"` + hunter + `"}`
	}
	return hunter
}

// TestNoValueIsStored: whatever a body has, a record has none of its values, and never a password.
func TestNoValueIsStored(t *testing.T) {
	n := names(t)
	for seed := range uint64(3000) {
		w := writer{rand.New(rand.NewPCG(seed, 1))}
		body, err := json.Marshal(w.value(4))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(map[string]any{
			"schemas": []string{scim.ErrorMessage}, "detail": fmt.Sprintf("failed: %q", w.text()),
			"Resources": w.value(2),
		})
		if err != nil {
			t.Fatal(err)
		}
		target := "/scim/v2/Users/" + url.PathEscape(w.text()) + "?" + url.Values{
			w.pick("filter", "sortBy", "attributes", "count", "x", secret+"@"): {w.text()},
			"filter": {w.passwordName() + ` eq "` + hunter + `"`},
		}.Encode()
		checkRecord(t, fmt.Sprintf("seed %d", seed), n, exchange("POST", target, string(body), string(answer)))
	}
}

// checkRecord checks what must never be in a record.
func checkRecord(t *testing.T, what string, n Names, x Exchange) {
	t.Helper()
	for _, values := range []bool{false, true} {
		text, err := json.Marshal(Record(x, n, values))
		if err != nil {
			t.Fatal(err)
		}
		found := strings.ToLower(string(text))
		if strings.Contains(found, strings.ToLower(hunter)) {
			t.Fatalf("%s: a password is stored, values %v:\n%s\n%s %s", what, values, text, x.URL, x.Body)
		}
		if !values && (strings.Contains(found, strings.ToLower(secret)) || strings.Contains(found, "73511")) {
			t.Fatalf("%s: a value is stored:\n%s\n%s %s", what, text, x.URL, x.Body)
		}
	}
}

// FuzzRecord: no bytes make Record panic or store a password.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"op":"replace","path":"password","value":"x"}`), "filter=password eq \"x\"")
	f.Add([]byte(`[{"a":[{"b":`), "%zz")
	f.Add([]byte("\xff\x00"), "a=b&&=")
	n := names(f)
	f.Fuzz(func(t *testing.T, body []byte, query string) {
		wrapped, err := json.Marshal(map[string]any{"Password": hunter, "data": map[string]any{"x": string(body)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, sent := range [][]byte{body, wrapped} {
			x := exchange("POST", "/scim/v2/Users", string(sent), string(body))
			x.URL.RawQuery = query
			for _, values := range []bool{false, true} {
				r := Record(x, n, values)
				text, err := json.Marshal(r)
				if err != nil || len(r.Sent.Body) > MaxBody || len(r.Answer.Body) > MaxBody {
					t.Fatalf("%v, %d and %d bytes", err, len(r.Sent.Body), len(r.Answer.Body))
				}
				if !strings.Contains(string(body)+query, hunter) && strings.Contains(string(text), hunter) {
					t.Fatalf("a password is stored: %s", text)
				}
			}
		}
	})
}
