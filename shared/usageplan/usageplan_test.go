package usageplan_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"scimserver/shared/awsenv"
	"scimserver/shared/tenant"
	"scimserver/shared/usageplan"
)

// control is a fake of the part of API Gateway's control plane that manages keys. As in the service, a
// key can be in only one plan of a stage.
type control struct {
	mu     sync.Mutex
	plans  []*plan
	keys   []map[string]any
	broken string // the operation that fails, "POST /apikeys"
	full   string // the id of a plan that takes no key
}

type plan struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	APIStages []map[string]any `json:"apiStages"`
	Throttle  map[string]any   `json:"throttle"`
	Tags      map[string]any   `json:"tags"`
	keys      []string
}

func newControl(t *testing.T) (*control, *usageplan.Keys) {
	t.Helper()
	c := &control{plans: []*plan{{ID: "default", Name: "app-Plan",
		APIStages: []map[string]any{{"apiId": "a", "stage": "v1"}},
		Throttle:  map[string]any{"rateLimit": 50.0, "burstLimit": 100.0}}}}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID":            "x",
		"AWS_SECRET_ACCESS_KEY":        "x",
		"AWS_REGION":                   "eu-central-1",
		"AWS_ENDPOINT_URL_API_GATEWAY": server.URL,
		"AWS_MAX_ATTEMPTS":             "1",
	} {
		t.Setenv(name, value)
	}
	k, err := usageplan.Open("default")
	if err != nil {
		t.Fatal(err)
	}
	return c, k
}

func (c *control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /usageplans", c.listPlans)
	mux.HandleFunc("POST /usageplans", c.createPlan)
	mux.HandleFunc("GET /usageplans/{plan}", func(w http.ResponseWriter, r *http.Request) { reply(w, 200, c.plan(r)) })
	mux.HandleFunc("POST /usageplans/{plan}/keys", c.addKey)
	mux.HandleFunc("PATCH /usageplans/{plan}", c.detachPlan)
	mux.HandleFunc("DELETE /usageplans/{plan}", c.deletePlan)
	mux.HandleFunc("GET /apikeys", c.listKeys)
	mux.HandleFunc("POST /apikeys", c.createKey)
	mux.HandleFunc("DELETE /apikeys/{key}", c.deleteKey)
	if _, pattern := mux.Handler(r); pattern == c.broken {
		reply(w, 400, map[string]any{"message": "out of order"})
		return
	}
	mux.ServeHTTP(w, r)
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	if status == 404 {
		w.Header().Set("X-Amzn-ErrorType", "NotFoundException")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (c *control) plan(r *http.Request) *plan {
	for _, p := range c.plans {
		if p.ID == r.PathValue("plan") {
			return p
		}
	}
	return nil
}

func (c *control) listPlans(w http.ResponseWriter, r *http.Request) {
	items := []*plan{}
	for _, p := range c.plans {
		if key := r.URL.Query().Get("keyId"); key == "" || slices.Contains(p.keys, key) {
			items = append(items, p)
		}
	}
	reply(w, 200, map[string]any{"item": items})
}

func (c *control) createPlan(w http.ResponseWriter, r *http.Request) {
	p := &plan{ID: fmt.Sprintf("plan%d", len(c.plans))}
	_ = json.NewDecoder(r.Body).Decode(p)
	c.plans = append(c.plans, p)
	reply(w, 201, p)
}

// detachPlan takes stages out of a plan.
func (c *control) detachPlan(w http.ResponseWriter, r *http.Request) {
	var in struct {
		PatchOperations []struct{ Op, Path, Value string }
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	p := c.plan(r)
	if p == nil {
		reply(w, 404, map[string]any{"message": "no such plan"})
		return
	}
	for _, o := range in.PatchOperations {
		p.APIStages = slices.DeleteFunc(p.APIStages, func(s map[string]any) bool {
			return o.Op == "remove" && o.Path == "/apiStages" && o.Value == fmt.Sprint(s["apiId"], ":", s["stage"])
		})
	}
	reply(w, 200, p)
}

// deletePlan refuses a plan that has stages, as the service does.
func (c *control) deletePlan(w http.ResponseWriter, r *http.Request) {
	p := c.plan(r)
	if p == nil {
		reply(w, 404, map[string]any{"message": "no such plan"})
		return
	}
	if len(p.APIStages) > 0 {
		reply(w, 400, map[string]any{"message": "the plan has stages"})
		return
	}
	c.plans = slices.DeleteFunc(c.plans, func(other *plan) bool { return other == p })
	reply(w, 202, nil)
}

func (c *control) addKey(w http.ResponseWriter, r *http.Request) {
	var in struct{ KeyID string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	if r.PathValue("plan") == c.full {
		reply(w, 400, map[string]any{"message": "the plan takes no key"})
		return
	}
	for _, p := range c.plans {
		if slices.Contains(p.keys, in.KeyID) {
			reply(w, 409, map[string]any{"message": "the key is in a plan of that stage"})
			return
		}
	}
	p := c.plan(r)
	p.keys = append(p.keys, in.KeyID)
	reply(w, 201, map[string]any{"id": in.KeyID})
}

func (c *control) listKeys(w http.ResponseWriter, r *http.Request) {
	items := []map[string]any{}
	for _, k := range c.keys {
		if strings.HasPrefix(k["name"].(string), r.URL.Query().Get("name")) {
			items = append(items, k)
		}
	}
	reply(w, 200, map[string]any{"item": items})
}

func (c *control) createKey(w http.ResponseWriter, r *http.Request) {
	k := map[string]any{"id": fmt.Sprintf("key%d", len(c.keys)), "value": fmt.Sprintf("value%d", len(c.keys))}
	_ = json.NewDecoder(r.Body).Decode(&k)
	c.keys = append(c.keys, k)
	reply(w, 201, k)
}

func (c *control) deleteKey(w http.ResponseWriter, r *http.Request) {
	before := len(c.keys)
	for _, p := range c.plans {
		p.keys = slices.DeleteFunc(p.keys, func(k string) bool { return k == r.PathValue("key") })
	}
	c.keys = slices.DeleteFunc(c.keys, func(k map[string]any) bool { return k["id"] == r.PathValue("key") })
	if len(c.keys) == before {
		reply(w, 404, map[string]any{"message": "no such key"})
		return
	}
	reply(w, 202, nil)
}

func limits(rate, burst int) tenant.Limits {
	l := tenant.DefaultLimits()
	l.RequestsPerSecond, l.Burst = rate, burst
	return l
}

// bench is a control plane with a handle to it.
type bench struct {
	*testing.T
	*control
	api *usageplan.Keys
}

func newBench(t *testing.T) bench {
	c, keys := newControl(t)
	return bench{T: t, control: c, api: keys}
}

func (b bench) ensure(id tenant.ID, rate, burst int) tenant.APIKey {
	b.Helper()
	k, err := b.api.Ensure(b.Context(), id, limits(rate, burst))
	if err != nil {
		b.Fatal(err)
	}
	return k
}

func TestKeyInThePlanOfItsLimits(t *testing.T) {
	b := newBench(t)
	acme := b.ensure("acme", 50, 100)
	if again := b.ensure("acme", 50, 100); again != acme || len(b.keys) != 1 {
		t.Errorf("another key was made: %v and %v", acme, again)
	}
	longer := b.ensure("acme-two", 50, 100)
	if longer == acme || len(b.plans) != 1 || len(b.plans[0].keys) != 2 {
		t.Errorf("keys %v, %v; plans %+v", acme, longer, b.plans)
	}
	if tags, _ := b.keys[0]["tags"].(map[string]any); tags["scim-stack"] != "app-Plan" {
		t.Errorf("the key's tags are %v; without the stack's, the function may not delete it", tags)
	}
}

// TestANewKeyForNewLimits: the previous key keeps its plan, because cached answers of the authorizer still name it.
func TestANewKeyForNewLimits(t *testing.T) {
	b := newBench(t)
	old := b.ensure("acme", 50, 100)
	key := b.ensure("acme", 7, 9)
	if key == old || len(b.plans) != 2 || !slices.Equal(b.plans[0].keys, []string{old.ID}) ||
		!slices.Equal(b.plans[1].keys, []string{key.ID}) {
		t.Fatalf("keys %v, %v; plans %+v, %+v", old, key, b.plans[0], b.plans[1:])
	}
	if tags := b.plans[1].Tags; tags["scim-stack"] != "app-Plan" {
		t.Errorf("the plan's tags are %v; without the stack's, the function may not make it", tags)
	}
	p := b.plans[1]
	if p.Name != "app-Plan/7-9" || p.Throttle["rateLimit"] != 7.0 || p.Throttle["burstLimit"] != 9.0 ||
		p.APIStages[0]["stage"] != "v1" {
		t.Errorf("the plan is %+v", p)
	}
	if back := b.ensure("acme", 50, 100); back != old {
		t.Errorf("with the limits of before the key is %v, want %v", back, old)
	}
	other := b.ensure("acme-two", 7, 9)
	if err := b.api.DeleteAllBut(t.Context(), "acme", key); err != nil {
		t.Fatal(err)
	}
	if len(b.keys) != 2 || b.keys[0]["id"] != key.ID || b.keys[1]["id"] != other.ID {
		t.Errorf("left are the keys %v", b.keys)
	}
}

func TestEveryStepCanBeRepeated(t *testing.T) {
	c, keys := newControl(t)
	for _, broken := range []string{
		"GET /usageplans/{plan}", "GET /usageplans", "POST /usageplans", "GET /apikeys", "POST /apikeys",
		"POST /usageplans/{plan}/keys",
	} {
		c.broken = broken
		if _, err := keys.Ensure(t.Context(), "acme", limits(1, 2)); err == nil {
			t.Errorf("%s fails unnoticed", broken)
		}
	}
	c.broken = ""
	if _, err := keys.Ensure(t.Context(), "acme", limits(1, 2)); err != nil {
		t.Fatal(err)
	}
	if len(c.keys) != 1 || len(c.plans) != 2 || len(c.plans[1].keys) != 1 {
		t.Errorf("keys %v, plans %+v", c.keys, c.plans[1:])
	}
}

func TestDeleteAllOfATenant(t *testing.T) {
	b := newBench(t)
	b.ensure("acme", 50, 100)
	b.ensure("acme", 7, 9)
	for range 2 { // what is gone already is no failure
		if err := b.api.DeleteAllBut(t.Context(), "acme", tenant.APIKey{}); err != nil {
			t.Error(err)
		}
	}
	if len(b.keys) != 0 {
		t.Errorf("left %v", b.keys)
	}
}

// TestLeftoversOfAStack: keys and plans that the operator API has made are deleted, but not those of the
// template or of another stack.
func TestLeftoversOfAStack(t *testing.T) {
	c, keys := newControl(t)
	for id, l := range map[tenant.ID]tenant.Limits{"acme": limits(7, 9), "bolt": limits(50, 100)} {
		if _, err := keys.Ensure(t.Context(), id, l); err != nil {
			t.Fatal(err)
		}
	}
	c.plans = append(c.plans, &plan{ID: "other", Name: "app-Planet/7-9"})
	c.keys = append(c.keys, map[string]any{"id": "other", "name": "app-Planet/acme"},
		map[string]any{"id": "shared", "name": "app-Plan"})
	cfg, err := awsenv.Config("API_GATEWAY")
	if err != nil {
		t.Fatal(err)
	}
	left, err := usageplan.FindLeftovers(t.Context(), cfg, "app-Plan")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(left.Keys)
	if !slices.Equal(left.Plans, []string{"app-Plan/7-9"}) ||
		!slices.Equal(left.Keys, []string{"app-Plan/acme", "app-Plan/bolt"}) {
		t.Errorf("found %v and %v", left.Plans, left.Keys)
	}
	for range 2 { // what is gone already is no failure
		if err := left.Remove(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if len(c.plans) != 2 || len(c.keys) != 2 {
		t.Errorf("left are %d plans and %d keys, want two and two", len(c.plans), len(c.keys))
	}
}

// TestAPlanThatTakesNoKey: if the new plan refuses the key, the tenant keeps its previous key and plan.
func TestAPlanThatTakesNoKey(t *testing.T) {
	b := newBench(t)
	old := b.ensure("acme", 50, 100)
	b.full = "plan1" // the next plan that is made
	if _, err := b.api.Ensure(t.Context(), "acme", limits(7, 9)); err == nil {
		t.Error("the failure goes unnoticed")
	}
	if !slices.Equal(b.plans[0].keys, []string{old.ID}) {
		t.Errorf("the plan of before has %v", b.plans[0].keys)
	}
	b.full = ""
	if key := b.ensure("acme", 7, 9); len(b.keys) != 2 || !slices.Equal(b.plans[1].keys, []string{key.ID}) {
		t.Errorf("repeated: keys %v, plan %+v", b.keys, b.plans[1])
	}
}
