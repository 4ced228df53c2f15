package main_test

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"time"

	"scimserver/shared/testkit/command"
)

// traces: a trace shows what a provider sends without its values, in the functions' own processes, and
// ends on command. The log tells who switched it on.
func traces(b *bench) {
	b.run("tenant create traced")
	token := b.json("credential create traced")["secret"].(string)
	b.newUser(201, token, "before@traced.example")
	b.prints("trace traced", "none")
	b.prints("trace traced -for 30m", "without values", "at most 200")
	id := b.newUser(201, token, "ann@traced.example", "ann@traced.example")
	b.newUser(409, token, "ann@traced.example")
	b.scim("PATCH", "/Users/"+id, token, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],`+
		`"Operations":[{"op":"replace","path":"password","value":"hunter22"},`+
		`{"op":"add","path":"title","value":"Engineer"}]}`)
	b.scim("GET", `/Users?filter=userName+eq+%22ann%40traced.example%22`, token, "")
	b.scim("POST", "/Users/.search", token,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"title eq \"Engineer\""}`)
	b.scim("POST", "/Bulk", token, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[`+
		`{"method":"POST","path":"/Groups","bulkId":"q",`+
		`"data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Engineer"}}]}`)
	b.prints("trace traced", "POST /scim/v2/Users  201", "POST /scim/v2/Users  409",
		`"scimType":"uniqueness"`, "userName <string of 18>", `"userName":"<string of 18>"`, `"value":"<password>"`,
		"filter=userName eq <string of 18>", `"filter":"title eq <string of 8>"`, "/scim/v2/Bulk  200")
	out := b.run("trace traced")
	for _, value := range []string{"ann@", "before@", "hunter22", "Engineer", token, "Authorization"} {
		if strings.Contains(out, value) {
			b.Errorf("the trace shows %s:\n%s", value, out)
		}
	}
	b.traceWithValues(token)
	b.tracesLogged("end start start")
	b.fails(1, "no tenant", "trace nobody")
}

// tracesLogged expects what the log says of traces, newest first.
func (b *bench) tracesLogged(want string) {
	b.Helper()
	var got []string
	for _, e := range b.json("log traced")["entries"].([]any) {
		if e := e.(map[string]any); e["resourceType"] == "Trace" {
			got = append(got, e["operation"].(string))
		}
	}
	if strings.Join(got, " ") != want {
		b.Errorf("the log has %q, want %q", got, want)
	}
}

// traceWithValues follows a trace that has values, and ends it.
func (b *bench) traceWithValues(token string) {
	b.Helper()
	cmd := command.Limited(b.Context(), limit, b.program,
		"trace", "traced", "-for", "1h", "-values", "-follow", "-json")
	cmd.Env, cmd.Stderr = b.env, b.Output()
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<20)
	b.awaitTrace()
	b.run("schema add traced " + b.definition(`{"name":"costId"},{"name":"pin","returned":"never"}`))
	b.scim("POST", "/Users", token,
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bob@traced.example",`+
			`"PassWord":"hunter22","`+acmeURN+`":{"costId":"A7","Pin":"1234"}}`)
	var got struct {
		Path string
		Sent struct{ Body string }
	}
	line, err := command.Line(cmd, lines, limit)
	if err != nil || json.Unmarshal([]byte(line), &got) != nil {
		b.Fatalf("followed %q, %v", line, err)
	}
	const want = `"userName":"bob@traced.example","PassWord":"<password>","` + acmeURN +
		`":{"costId":"A7","Pin":"<secret>"}}`
	if !strings.HasSuffix(got.Sent.Body, want) {
		b.Errorf("followed %+v", got)
	}
	b.prints("trace traced -off", "ended at", "with 1 request\n")
	b.newUser(201, token, "late@traced.example")
	if out := b.run("trace traced"); strings.Contains(out, "late@") {
		b.Errorf("recorded after its end:\n%s", out)
	}
	_ = cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		b.Errorf("after Ctrl-C: %v", err)
	}
}

// awaitTrace waits until a trace with values is on.
func (b *bench) awaitTrace() {
	b.Helper()
	deadline := time.Now().Add(time.Minute)
	for !strings.Contains(b.exec("", "trace", "traced").err, "with values until") {
		if time.Now().After(deadline) {
			b.Fatal("the trace with values is not on")
		}
		time.Sleep(100 * time.Millisecond)
	}
}
