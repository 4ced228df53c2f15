package bulk_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/bulk"
)

func parse(t *testing.T, operations ...string) bulk.Request {
	t.Helper()
	body, err := scim.ParseJSON([]byte(`{"schemas":["` + bulk.RequestMessage + `"],"Operations":[` +
		strings.Join(operations, ",") + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := bulk.Parse(body, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOrder(t *testing.T) {
	user := func(id, name string) string {
		return fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":%q,"data":{"userName":%q}}`, id, name)
	}
	title := `{"method":"PATCH","path":"/Users/1","data":{"Operations":[{"op":"add","path":"title","value":"x"}]}}`
	rename := `{"method":"PATCH","path":"/Users/2","data":{"Operations":[{"op":"replace","value":{"userName":"b"}}]}}`
	for name, tt := range map[string]struct {
		operations []string
		want       string // what each operation waits for
	}{
		"users of different names":   {[]string{user("a", "a"), user("b", "b")}, "[] []"},
		"users of one name":          {[]string{user("a", "a"), user("b", "A")}, "[] [0]"},
		"a change of the same user":  {[]string{title, `{"method":"DELETE","path":"/Users/1"}`}, "[] [0]"},
		"changes of different users": {[]string{title, strings.Replace(title, "/1", "/2", 1)}, "[] []"},
		"a name that may be freed":   {[]string{rename, user("a", "a")}, "[] [0]"},
		"deletions": {[]string{`{"method":"DELETE","path":"/Users/1"}`, `{"method":"DELETE",` +
			`"path":"/Users/2"}`}, "[] [0]"},
		"a member that is deleted": {[]string{`{"method":"DELETE","path":"/Users/1"}`,
			`{"method":"PATCH","path":"/Groups/g","data":{"Operations":[{"op":"remove",` +
				`"path":"members[value eq \"1\"]"}]}}`}, "[] [0]"},
		"a reference forward": {[]string{
			`{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"g",` +
				`"members":[{"value":"bulkId:a"}]}}`, user("a", "a")}, "[1] []"},
	} {
		t.Run(name, func(t *testing.T) {
			r := parse(t, tt.operations...)
			if got := fmt.Sprint(bulk.NewPlan(&r).After); got != "["+tt.want+"]" {
				t.Errorf("waits for %s, want [%s]", got, tt.want)
			}
		})
	}
}

// TestRandomGraphs: for any references between operations, the plan has no cycle, every
// operation that is not refused can be carried out, and a reference is used only after the
// resource that it names exists.
func TestRandomGraphs(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := parse(t, randomGraph(rand.New(rand.NewPCG(seed, 1)))...)
			p := bulk.NewPlan(&r)
			checkPlan(t, r, p, carryOut(t, p))
		})
	}
}

// randomGraph makes users and groups that refer to each other at random.
func randomGraph(r *rand.Rand) (operations []string) {
	n := 2 + r.IntN(12)
	for i := range n {
		var members []string
		for range r.IntN(3) {
			members = append(members, fmt.Sprintf(`{"value":"bulkId:%d"}`, r.IntN(n)))
		}
		if r.IntN(2) == 0 {
			operations = append(operations, fmt.Sprintf(`{"method":"POST","path":"/Groups","bulkId":"%d",`+
				`"data":{"displayName":"g%d","members":[%s]}}`,
				i, i, strings.Join(members, ",")))
		} else {
			operations = append(operations, fmt.Sprintf(`{"method":"POST","path":"/Users","bulkId":"%d",`+
				`"data":{"userName":"u%d","roles":[%s]}}`,
				i, i, strings.Join(members, ",")))
		}
	}
	return operations
}

// carryOut returns the operations in an order that the plan allows.
func carryOut(t *testing.T, p bulk.Plan) (order []int) {
	t.Helper()
	for len(order) < len(p.After) {
		next := -1
		for i, after := range p.After {
			if !slices.Contains(order, i) &&
				!slices.ContainsFunc(after, func(j int) bool { return !slices.Contains(order, j) }) {
				next = i
				break
			}
		}
		if next < 0 {
			t.Fatalf("%v is a circle", p.After)
		}
		order = append(order, next)
	}
	return order
}

func checkPlan(t *testing.T, r bulk.Request, p bulk.Plan, order []int) {
	t.Helper()
	for at, i := range order {
		o := r.Operations[i]
		if o.Err != nil {
			if o.Err.Status != http.StatusConflict {
				t.Errorf("operation %d: %v", i, o.Err)
			}
			continue
		}
		for _, id := range o.Postpone(p.Postponed[i]).References() {
			if !slices.ContainsFunc(order[:at], func(j int) bool { return r.Operations[j].BulkID == id }) {
				t.Errorf("operation %d refers to %s, which does not exist yet", i, id)
			}
		}
		if endpoint, _ := o.Target(); endpoint == "/Groups" && len(p.Postponed[i]) > 0 {
			t.Errorf("members of group %d are postponed", i)
		}
	}
}

func TestReferences(t *testing.T) {
	r := parse(t, `{"method":"PATCH","path":"/Groups/bulkId:g","data":{"Operations":[
		{"op":"add","path":"members","value":[{"value":"bulkId:a","$ref":"../Users/bulkId:a"}]},
		{"op":"remove","path":"members[value eq \"bulkId:b\"]"},
		{"op":"replace","path":"displayName","value":"about bulkId:c"}]}}`)
	o := r.Operations[0]
	if got := o.References(); !slices.Equal(got, []string{"g", "a", "b"}) {
		t.Errorf("references %v", got)
	}
	o = o.Resolve(map[string]string{"g": "1", "a": "2", "b": "3"})
	want := `{"Operations":[{"op":"add","path":"members","value":[{"value":"2","$ref":"../Users/2"}]},` +
		`{"op":"remove","path":"members[value eq \"3\"]"},` +
		`{"op":"replace","path":"displayName","value":"about bulkId:c"}]}`
	if o.Path != "/Groups/1" || o.Data.JSON() != want {
		t.Errorf("%s %s", o.Path, o.Data.JSON())
	}
}

func TestPostponeAndComplete(t *testing.T) {
	const ext = scim.EnterpriseUserSchema
	r := parse(t,
		`{"method":"POST","path":"/Users","bulkId":"a","data":{"userName":"a","`+ext+`":{"department":"d",`+
			`"manager":{"value":"bulkId:b"}},"roles":[{"value":"bulkId:b"},{"value":"x"}]}}`)
	full := r.Operations[0].Resolve(map[string]string{"b": "2"}).Data
	part := r.Operations[0].Postpone([]string{"b"}).Data
	if want := `{"userName":"a","` + ext + `":{"department":"d"},"roles":[{"value":"x"}]}`; part.JSON() != want {
		t.Errorf("postponed %s", part.JSON())
	}
	got := bulk.Complete(full, part).Get("Operations").JSON()
	want := `[{"op":"replace","path":"` + ext + `:manager","value":{"value":"2"}},` +
		`{"op":"replace","path":"roles","value":[{"value":"2"},{"value":"x"}]}]`
	if got != want {
		t.Errorf("completed by %s, want %s", got, want)
	}
}
