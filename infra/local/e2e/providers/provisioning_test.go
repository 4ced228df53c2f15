package providers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"scimserver/shared/provlog"
	"scimserver/shared/tenant"
)

// provisioningLog: what the real functions did is in the log, whether the
// stream tells of it or the request wrote it itself.
func provisioningLog(t *testing.T, s suite) {
	p := client{s.NewTenant(t, "logged", tenant.Entra)}
	const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":%q,"externalId":"x1",` +
		`"active":"True"}`
	ann := p.Want(201, "POST", "/Users", fmt.Sprintf(body, "Ann")).Get("id").Text()
	p.Want(409, "POST", "/Users", fmt.Sprintf(body, "ann"))
	p.awaitLog(2) // the local stream shows an item as it is a little later
	p.Want(200, "PATCH", "/Users/"+ann,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace",`+
			`"path":"active","value":false}]}`)
	p.awaitLog(3)
	group := p.Want(201, "POST", "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],`+
		`"displayName":"g"}`).Get("id").Text()
	p.awaitLog(4)
	p.Want(204, "PATCH", "/Groups/"+group,
		`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add",`+
			`"path":"members","value":[{"value":"`+ann+`"}]}]}`)
	p.awaitLog(5)
	p.Want(204, "DELETE", "/Users/"+ann, "")
	want := []string{
		"leave Group g  204 [members] []",
		"delete User Ann x1 204 [] []",
		"patch Group g  204 [members] []",
		"create Group g  201 [displayName] []",
		"patch User Ann x1 200 [active=false] []",
		"create User ann x1 409 [] [string-boolean]",
		"create User Ann x1 201 [externalId userName active=true] [string-boolean]",
	}
	got := p.awaitLog(len(want))
	slices.Sort(got[:2]) // the two entries of one request have no order
	slices.Sort(want[:2])
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := p.logged("?user=" + ann + "&status=2xx"); len(got) != 5 {
		t.Errorf("of the user there is\n%s", strings.Join(got, "\n"))
	}
}

// awaitLog waits until the log has n entries, and returns them as logged does.
func (p client) awaitLog(n int) (short []string) {
	p.Helper()
	for deadline := time.Now().Add(time.Minute); len(short) < n &&
		time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		short = p.logged("")
	}
	return short
}

// logged are entries of the log, newest first, in short.
func (p client) logged(query string) (short []string) {
	p.Helper()
	var page struct{ Entries []provlog.Entry }
	p.Operate(http.MethodGet, "/tenants/"+string(p.Tenant)+"/log"+query, "", &page)
	for _, e := range page.Entries {
		if e.Request == "" || e.Credential == "" || time.Since(e.Time) > time.Hour {
			p.Errorf("%+v", e)
		}
		short = append(short,
			fmt.Sprintf("%s %s %s %s %d %v %v", e.Operation, e.Kind, e.Name, e.ExternalID, e.Status, e.Changed,
				e.Deviations))
	}
	return short
}
