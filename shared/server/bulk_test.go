package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/scim"
	"scimserver/shared/scim/patch"
	"scimserver/shared/server"
	"scimserver/shared/tenant"
	"scimserver/shared/testkit"
	"scimserver/shared/testkit/fault"
)

const bulkRequest = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

// bulk sends operations and returns the results. It fails the test if the request was not processed.
func (c *client) bulk(operations ...string) []scim.Value {
	c.Helper()
	return c.bulkWith("", operations...)
}

func (c *client) bulkWith(more string, operations ...string) []scim.Value {
	c.Helper()
	a := c.send("POST", "/Bulk",
		`{"schemas":["`+bulkRequest+`"],`+more+`"Operations":[`+strings.Join(operations, ",")+`]}`)
	c.wants(a, 200, "")                                                                           // P-3.7-14
	if a.Body.Get("schemas").JSON() != `["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]` { // P-3.7-2
		c.Errorf("schemas %s", a.Body.Get("schemas").JSON())
	}
	if a.Body.Get("failOnErrors").Kind() != scim.Null { // P-3.7-17
		c.Error("the answer repeats failOnErrors")
	}
	return a.Body.Get("Operations").Items()
}

// post makes a POST operation. data are the members besides schemas, without braces.
func post(kind, bulkID, data string) string {
	return fmt.Sprintf(
		`{"method":"POST","path":"/%ss","bulkId":%q,`+
			`"data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:%[1]s"],%[3]s}}`,
		kind, bulkID, data)
}

func statuses(results []scim.Value) string {
	var all []string
	for _, r := range results {
		all = append(all, r.Get("status").Text())
	}
	return strings.Join(all, " ")
}

// wantsStatuses expects results with these statuses, each a JSON string (P-3.7-20).
func (c *client) wantsStatuses(results []scim.Value, want string) {
	c.Helper()
	if got := statuses(results); got != want {
		c.Errorf("statuses %s, want %s: %s", got, want, scim.List(results...).JSON())
	}
	for _, r := range results {
		if r.Get("status").Kind() != scim.String {
			c.Errorf("status %s is no string", r.Get("status").JSON())
		}
	}
}

// at returns the path of a result's location below the base URL.
func at(r scim.Value) string { return strings.TrimPrefix(r.Get("location").Text(), base) }

func TestBulk(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ann, bob := path(c.create("ann", "")), path(c.create("bob", ""))
	results := c.bulk(
		post("User", "q1", `"userName":"cid"`),
		`{"method":"PUT","path":"`+ann+`","data":`+user("ann", `,"title":"Chief"`)+`}`,
		`{"method":"patch","path":"`+ann+`","data":{"schemas":["`+patch.Message+
			`"],"Operations":[{"op":"add","path":"nickName","value":"A"}]}}`,
		`{"method":"DELETE","path":"`+bob+`"}`,
		`{"method":"DELETE","path":"`+bob+`"}`,
		post("User", "q2", `"userName":"CID"`),
	)
	// P-3.7.3-1: a result for each operation
	// P-3.7.3-2, P-3.7-22: the status of a single request
	// P-3.7-15: the operations after the 404
	// P-3.7-19: the second DELETE finds no user
	c.wantsStatuses(results, "201 200 200 204 404 409")
	r := results[0]
	if r.Get("bulkId").Text() != "q1" || r.Get("method").Text() != "POST" ||
		r.Get("version").Text() != `W/"1"` { // P-3.7-18
		t.Errorf("created: %s", r.JSON())
	}
	c.wants(c.send("GET", at(results[0]), ""), 200, "")
	for i, want := range []string{1: ann, 2: ann, 3: bob, 4: bob} { // P-3.7-11
		if want != "" && at(results[i]) != want {
			t.Errorf("location of operation %d: %s", i+1, results[i].JSON())
		}
	}
	if results[5].Get("location").Kind() != scim.Null {
		t.Errorf("a failed POST has a location: %s", results[5].JSON())
	}
	response := results[5].Get("response") // P-3.7-12, P-3.7.3-3
	// P-3.12-26
	if response.Get("status").Text() != "409" || response.Get("scimType").Text() != "uniqueness" ||
		response.Get("detail").Text() == "" ||
		response.Get("schemas").JSON() != `["`+scim.ErrorMessage+`"]` {
		t.Errorf("the error is %s", response.JSON())
	}
	if a := c.send("GET", ann, ""); a.Body.Get("title").Text() != "Chief" || a.Body.Get("nickName").Text() != "A" {
		t.Errorf("ann is %s", a.Text)
	}
}

func TestBulkRefusesMessages(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	many := func(n int) string { // a request that ends with the first of them
		return `{"schemas":["` + bulkRequest + `"],"failOnErrors":1,"Operations":[` +
			strings.Repeat(`{"method":"DELETE","path":"/Users/x"},`, n-1) + `{"method":"DELETE","path":"/Users/x"}]}`
	}
	for name, tt := range map[string]struct {
		body, detail string
		status       int
	}{
		"another message":  {`{"schemas":["` + patch.Message + `"],"Operations":[]}`, "BulkRequest", 400}, // P-3.7-2
		"no operations":    {`{"schemas":["` + bulkRequest + `"]}`, "Operations", 400},                    // P-3.7-4
		"none in the list": {`{"schemas":["` + bulkRequest + `"],"Operations":[]}`, "at least one", 400},
		"no JSON":          {`{`, "", 400},
		"failOnErrors": {
			`{"schemas":["` + bulkRequest + `"],"failOnErrors":"1","Operations":[{}]}`, "failOnErrors", 400,
		},
		// P-3.7.4-2, P-3.7.4-4
		"too many operations": {many(1001), "1001 operations; maxOperations is 1000", 413},
		// P-3.7.4-3, P-3.12-12
		"too large": {`{"a":"` + strings.Repeat("x", 1<<20) + `"}`, "maxPayloadSize", 413},
	} {
		t.Run(name, func(t *testing.T) {
			c := c.on(t)
			a := c.send("POST", "/Bulk", tt.body)
			if a.StatusCode != tt.status || !strings.Contains(a.Body.Get("detail").Text(), tt.detail) {
				t.Errorf("%d %s", a.StatusCode, a.Text)
			}
		})
	}
	c.wants(c.send("POST", "/Bulk", many(1000)), 200, "")
}

func TestBulkRefusesOperations(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	data := `"data":` + user("x", "")
	for name, tt := range map[string]struct{ operation, status string }{
		"GET":                {`{"method":"GET","path":"/Users/1"}`, "400"}, // P-3.7-3
		"no such method":     {`{"method":"FOO","path":"/Users/1"}`, "400"},
		"no bulkId":          {`{"method":"POST","path":"/Users",` + data + `}`, "400"},                // P-3.7-5
		"POST to a resource": {`{"method":"POST","path":"/Users/1","bulkId":"a",` + data + `}`, "400"}, // P-3.7-7
		"PUT of an endpoint": {`{"method":"PUT","path":"/Users",` + data + `}`, "400"},
		"no path":            {`{"method":"DELETE"}`, "400"},
		"absolute URL":       {`{"method":"DELETE","path":"` + base + `/Users/1"}`, "400"},
		"Bulk in itself":     {`{"method":"POST","path":"/Bulk","bulkId":"a",` + data + `}`, "400"},
		"search":             {`{"method":"POST","path":"/Users/.search","bulkId":"a",` + data + `}`, "400"},
		"query":              {`{"method":"DELETE","path":"/Users/1?x=y"}`, "400"},
		// P-3.7-8
		"no data": {`{"method":"POST","path":"/Users","bulkId":"a"}`, "400"},
		"PATCH with an array": { // P-3.7-9
			`{"method":"PATCH","path":"/Users/1","data":[{"op":"remove","path":"title"}]}`, "400",
		},
		"an object for text": {`{"method":{},"path":"/Users/1"}`, "400"},
		"unknown resource":   {`{"method":"DELETE","path":"/Users/1"}`, "404"},
	} {
		t.Run(name, func(t *testing.T) {
			c := c.on(t)
			results := c.bulk(tt.operation)
			c.wantsStatuses(results, tt.status)
			if results[0].Get("response").Get("detail").Text() == "" {
				t.Errorf("no reason: %s", results[0].JSON())
			}
		})
	}
	// P-3.7-6
	c.wantsStatuses(c.bulk(post("User", "a", `"userName":"one"`), post("User", "a", `"userName":"two"`)), "201 400")
}

func TestBulkFailOnErrors(t *testing.T) { // P-3.7-16
	c := newClient(t)
	bad := `{"method":"DELETE","path":"/Users/none"}`
	results := c.bulkWith(`"failOnErrors":1,`, post("User", "a", `"userName":"ann"`), bad,
		post("User", "b", `"userName":"bob"`))
	c.wantsStatuses(results, "201 404")
	list := c.send("GET", "/Users", "")
	if list.Body.Get("totalResults").Text() != "1" {
		t.Errorf("after the first error: %s", list.Text)
	}
	c.wantsStatuses(c.bulkWith(`"failOnErrors":2,`, bad, post("User", "b", `"userName":"bob"`), bad, bad),
		"404 201 404")
}

func TestBulkVersions(t *testing.T) { // P-3.7-10
	c := newClient(t)
	ann := path(c.create("ann", ""))
	put := func(version, title string) string {
		return fmt.Sprintf(`{"method":"PUT","path":%q,"version":%q,"data":%s}`, ann, version,
			user("ann", `,"title":"`+title+`"`))
	}
	results := c.bulk(put(`W/"1"`, "a"), put(`W/"1"`, "b"), `{"method":"DELETE","path":"`+ann+`","version":"W/\"1\""}`)
	c.wantsStatuses(results, "200 412 412")
	if results[0].Get("version").Text() != `W/"2"` {
		t.Errorf("version %s", results[0].JSON())
	}
}

func TestBulkReferences(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	enterprise := scim.EnterpriseUserSchema
	t.Run("backward and forward", func(t *testing.T) {
		c := c.on(t)
		results := c.bulk(
			// P-3.7.2-2
			post("Group", "g1", `"displayName":"Forward","members":[{"value":"bulkId:u1"},{"value":"bulkId:g2"}]`),
			post("User", "u1", `"userName":"u1"`),
			post("Group", "g2", `"displayName":"Backward","members":[{"value":"bulkId:u1"}]`), // P-3.7.2-1
		)
		c.wantsStatuses(results, "201 201 201")
		members := c.send("GET", at(results[0]), "").Body.Get("members")
		if len(members.Items()) != 2 || !strings.Contains(members.JSON(), at(results[1])) ||
			!strings.Contains(members.JSON(), at(results[2])) {
			t.Errorf("members %s", members.JSON())
		}
	})
	t.Run("extension", func(t *testing.T) { // P-3.7.2-3
		c := c.on(t)
		results := c.bulk(
			post("User", "e1", `"userName":"e1","`+enterprise+`":{"manager":{"value":"bulkId:e2"}}`),
			post("User", "e2", `"userName":"e2"`),
		)
		c.wantsStatuses(results, "201 201")
		manager := c.send("GET", at(results[0]), "").Body.Get(enterprise).Get("manager").Get("value").Text()
		if "/Users/"+manager != at(results[1]) {
			t.Errorf("manager %s, want %s", manager, at(results[1]))
		}
	})
	t.Run("users who manage each other", func(t *testing.T) { // P-3.7.1-1
		c := c.on(t)
		results := c.bulk(
			post("User", "m1", `"userName":"m1","`+enterprise+`":{"department":"d","manager":{"value":"bulkId:m2"}}`),
			post("User", "m2", `"userName":"m2","`+enterprise+`":{"manager":{"value":"bulkId:m1"}}`),
		)
		c.wantsStatuses(results, "201 201")
		for i := range results {
			extension := c.send("GET", at(results[i]), "").Body.Get(enterprise)
			if manager := extension.Get("manager").Get("value").Text(); "/Users/"+manager != at(results[1-i]) {
				t.Errorf("manager %s, want %s", manager, at(results[1-i]))
			}
		}
		if a := c.send("GET", at(results[0]), ""); a.Header.Get("ETag") != results[0].Get("version").Text() {
			t.Errorf("version %s, the result says %s", a.Header.Get("ETag"), results[0].JSON())
		}
	})
	t.Run("one of a circle fails", func(t *testing.T) {
		c := c.on(t)
		c.create("taken", "")
		results := c.bulk(
			post("User", "f1", `"userName":"f1","`+enterprise+`":{"manager":{"value":"bulkId:f2"}}`),
			post("User", "f2", `"userName":"taken","`+enterprise+`":{"manager":{"value":"bulkId:f1"}}`),
		)
		c.wantsStatuses(results, "409 409")
		found := c.wants(c.send("GET", "/Users?filter=userName%20eq%20%22f1%22", ""), 200, "")
		if found.Body.Get("totalResults").Text() != "0" {
			t.Error("half of the circle is left")
		}
	})
	t.Run("groups in each other", func(t *testing.T) { // P-3.7.1-2
		c := c.on(t)
		results := c.bulk(
			post("Group", "c1", `"displayName":"c1","members":[{"value":"bulkId:c2"}]`),
			post("Group", "c2", `"displayName":"c2","members":[{"value":"bulkId:c1"}]`),
			post("User", "c3", `"userName":"c3"`),
		)
		c.wantsStatuses(results, "409 409 201")
	})
	t.Run("paths and filters", func(t *testing.T) { // P-3.7.2-5
		c := c.on(t)
		patched := func(path, op string) string {
			return `{"method":"PATCH","path":"` + path + `","data":{"schemas":["` + patch.Message +
				`"],"Operations":[` + op + `]}}`
		}
		results := c.bulk(
			patched("/Groups/bulkId:p1", `{"op":"remove","path":"members[value eq \"bulkId:p2\"]"}`),
			post("Group", "p1", `"displayName":"p1","members":[{"value":"bulkId:p2"},{"value":"bulkId:p3"}]`),
			post("User", "p2", `"userName":"p2"`),
			post("User", "p3", `"userName":"p3"`),
			patched("/Users/bulkId:p3", `{"op":"add","path":"title","value":"x"}`),
		)
		c.wantsStatuses(results, "200 201 201 201 200")
		members := c.send("GET", at(results[1]), "").Body.Get("members").JSON()
		if strings.Contains(members, at(results[2])) || !strings.Contains(members, at(results[3])) {
			t.Errorf("members %s", members)
		}
	})
	t.Run("to nothing", func(t *testing.T) { // P-3.7.2-4
		c := c.on(t)
		results := c.bulk(
			post("User", "n1", `"userName":"n1","title":"bulkId:none"`),
			post("Group", "n2", `"displayName":"n2","members":[{"value":"bulkId:n1"}]`),
			post("User", "n3", `"userName":"n3","title":"bulkId:n3"`),
			`{"method":"DELETE","path":"/Users/bulkId:n1"}`,
		)
		c.wantsStatuses(results, "409 409 409 409")
		for _, r := range results {
			if !strings.Contains(r.Get("response").Get("detail").Text(), "bulkId") {
				t.Errorf("no reason: %s", r.JSON())
			}
		}
	})
}

func TestBulkScopes(t *testing.T) { // P-3.7-21
	c := newClient(t)
	c.origin.Caller.Scopes = []tenant.Scope{tenant.Read}
	c.wantsStatuses(c.bulk(post("User", "a", `"userName":"ann"`)), "403")
	c.origin.Caller.Subject = "someone"
	c.wants(c.send("POST", "/Bulk", "{}"), 403, "")
}

func TestBulkIsLogged(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.log.Reset()
	c.bulk(post("User", "a", `"userName":"ann"`), `{"method":"DELETE","path":"/Users/none"}`)
	for _, want := range []string{`"request":"r1.1","`, `"request":"r1.2","`, `"request":"r1","`} {
		if !strings.Contains(c.log.String(), want) {
			t.Errorf("no line with %s in %s", want, c.log)
		}
	}
}

// TestBulkLimit: a bulk request counts as many requests as it has operations.
func TestBulkLimit(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	record := tenant.Tenant{ID: "acme", Profile: tenant.Strict, Limits: tenant.DefaultLimits()}
	record.Limits.RequestsPerSecond, record.Limits.Burst = 1, 2
	if _, err := c.server.Directory.Tenants().CreateTenant(t.Context(), record); err != nil {
		t.Fatal(err)
	}
	operation := `{"method":"DELETE","path":"/Users/none"}`
	c.bulk(slices.Repeat([]string{operation}, 50)...)
	a := c.wants(c.send("POST", "/Bulk", `{"schemas":["`+bulkRequest+`"],"Operations":[`+operation+`]}`), 429, "")
	if a.Header.Get("Retry-After") == "" || !strings.Contains(a.Body.Get("detail").Text(), "which is 1 per second") {
		t.Errorf("%v %s", a.Header, a.Text)
	}
}

// nearlyOver is the context of a request that always has a little less time left than an operation needs.
type nearlyOver struct{ context.Context }

func (nearlyOver) Deadline() (time.Time, bool) { return time.Now().Add(2900 * time.Millisecond), true }

// TestBulkKeepsItsDeadline: each operation that can't begin in time has a result that says so.
func TestBulkKeepsItsDeadline(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ctx := nearlyOver{server.WithOrigin(t.Context(), c.origin)}
	body := `{"schemas":["` + bulkRequest + `"],"Operations":[` + post("User", "a", `"userName":"ann"`) + `,` +
		post("User", "b", `"userName":"bob"`) + `]}`
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, base+"/Bulk", strings.NewReader(body)))
	n := strings.Count(w.Body.String(), `"status":"503","detail":"the time of the request was over`)
	if w.Code != 200 || n != 2 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	c.wants(c.send("GET", "/Users", ""), 200, "")
}

// TestBulkWaitsForOneRecordWhenTheTimeIsOver: users without their references are left, and the answer says where.
func TestBulkWaitsForOneRecordWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	ctx, end := context.WithCancel(t.Context())
	ending := fault.Script(http.DefaultTransport, fault.Rule{ // the first PATCH
		Operation: "UpdateItem", Calls: fault.Nth(1), Fault: fault.Then(fault.Refused, end),
	})
	c := newClientOn(t, open(t, testkit.Table(t), ending))
	var operations []string
	for i := range 4 { // two circles
		operations = append(operations, post("User", fmt.Sprint(i),
			fmt.Sprintf(`"userName":"u%d",%s:{"manager":{"value":"bulkId:%d"}}`, i, enterprise, i^1)))
	}
	body := `{"schemas":["` + bulkRequest + `"],"Operations":[` + strings.Join(operations, ",") + `]}`
	w := httptest.NewRecorder()
	ctx = server.WithOrigin(ctx, c.origin)
	c.server.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, base+"/Bulk", strings.NewReader(body)))
	answer, err := scim.ParseJSON(w.Body.Bytes())
	if err != nil || w.Code != 200 {
		t.Fatalf("%d %v %s", w.Code, err, w.Body)
	}
	results := answer.Get("Operations").Items()
	c.wantsStatuses(results, "503 201 503 201")
	for _, r := range results {
		c.wants(c.send("GET", at(r), ""), 200, "")
	}
	if lines := strings.Count(c.log.String(), `"status":503`); lines != 1 {
		t.Errorf("%d requests failed, want the first PATCH: %s", lines, c.log)
	}
}

// TestBulkAgain: a client that lost the answer sends the request again. Each operation is answered
// like a repeated single request, and nothing exists twice.
func TestBulkAgain(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	ann := path(c.create("ann", ""))
	operations := []string{
		post("User", "a", `"userName":"bob"`),
		`{"method":"PUT","path":"` + ann + `","data":` + user("ann", `,"title":"x"`) + `}`,
		post("Group", "g", `"displayName":"g","members":[{"value":"bulkId:a"}]`),
	}
	c.wantsStatuses(c.bulk(operations...), "201 200 201")
	c.wantsStatuses(c.bulk(operations...), "409 200 409")
	if a := c.send("GET", ann, ""); a.Header.Get("ETag") != `W/"2"` {
		t.Errorf("the repeated PUT made version %s", a.Header.Get("ETag"))
	}
}
