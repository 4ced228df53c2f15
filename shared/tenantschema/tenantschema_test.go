package tenantschema_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"scimserver/shared/scim/schema"
	"scimserver/shared/tenant"
	"scimserver/shared/tenantschema"
)

const urn = "urn:ietf:params:scim:schemas:extension:acme:2.0:User"

func standard(t *testing.T) *schema.Registry {
	t.Helper()
	r, err := schema.Standard()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// definition is a schema with attributes, which are JSON.
func definition(urn, attributes string) string {
	return `{"id":"` + urn + `","name":"Acme","attributes":[` + attributes + `]}`
}

func define(t *testing.T, urn, attributes string) tenant.Extension {
	t.Helper()
	e, err := tenantschema.Define(standard(t), "User", definition(urn, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDefine(t *testing.T) {
	const a = `{"name":"a"}`
	for name, tt := range map[string]struct{ resourceType, definition, want string }{
		"another type":         {"Device", definition(urn, a), "User or Group"},
		"no JSON":              {"User", `{`, "JSON"},
		"no name":              {"User", `{"id":"` + urn + `","attributes":[` + a + `]}`, "no name"},
		"not a URN":            {"User", definition("acme:User", a), "must be a URN"},
		"a strange character":  {"User", definition("urn:acme:Üser", a), "must be a URN"},
		"an empty part":        {"User", definition("urn:acme::User", a), "must be a URN"},
		"a number at the end":  {"User", definition("urn:acme:User:2.0", a), "last part"},
		"too long":             {"User", definition("urn:acme:"+strings.Repeat("x", 128), a), "128"},
		"a core URN":           {"User", definition("urn:ietf:params:scim:schemas:CORE:2.0:User", a), "reserved"},
		"a part of a core URN": {"User", definition("urn:ietf:params:scim:schemas:core:2.0:Car", a), "reserved"},
		"enterprise": {"User", definition("urn:ietf:params:scim:schemas:extension:enterprise:2.0:Users", a),
			"reserved"},
		"a message": {"User", definition("urn:ietf:params:scim:api:messages:2.0:Mine", a), "reserved"},
		"unique": {"User", definition(urn, `{"name":"a","uniqueness":"server"}`),
			`"a": uniqueness must be none`},
		"readOnly": {"User", definition(urn, `{"name":"a","mutability":"readOnly"}`),
			`"a": mutability must not be readOnly`},
		"a readOnly part": {"User", definition(urn,
			`{"name":"a","type":"complex","subAttributes":[{"name":"b","mutability":"readOnly"}]}`), `"a.b"`},
		"writeOnly and returned": {"User", definition(urn, `{"name":"a","mutability":"writeOnly"}`), "returned never"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tenantschema.Define(standard(t), tt.resourceType, tt.definition)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %s", err, tt.want)
			}
		})
	}
	if e := define(t, urn, a); e.URN != urn || !strings.Contains(e.Definition, `"mutability":"readWrite"`) {
		t.Errorf("%+v", e)
	}
}

func TestCheckLimits(t *testing.T) {
	attributes := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = fmt.Sprintf(`{"name":"a%d"}`, i)
		}
		return strings.Join(all, ",")
	}
	several := func(n int) (all []tenant.Extension) {
		for i := range n {
			all = append(all, define(t, fmt.Sprintf("urn:acme:x%d:User", i), `{"name":"a"}`))
		}
		return all
	}
	complex := `,{"name":"c","type":"complex","subAttributes":[{"name":"d"}]}`
	described := `{"name":"a","description":"` + strings.Repeat("x", tenantschema.MaxBytes) + `"}`
	one := func(urn string) tenant.Extension { return define(t, urn, `{"name":"a"}`) }
	for name, tt := range map[string]struct {
		all  []tenant.Extension
		want string // "" for none
	}{
		"10 schemas":             {several(10), ""},
		"11 schemas":             {several(11), "10 schemas"},
		"100 attributes":         {[]tenant.Extension{define(t, urn, attributes(98)+complex)}, ""},
		"101 attributes":         {[]tenant.Extension{define(t, urn, attributes(99)+complex)}, "101 attributes"},
		"too many bytes":         {[]tenant.Extension{define(t, urn, described)}, "bytes"},
		"the same URN":           {[]tenant.Extension{one(urn), one(urn)}, "twice"},
		"a URN in another":       {[]tenant.Extension{one("urn:a:B"), one("urn:A:b:c")}, "begins with"},
		"a URN before the other": {[]tenant.Extension{one("urn:a:Bc"), one("urn:a:B")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := tenantschema.CheckLimits(standard(t), tt.all)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
}

// store counts the reads of the schemas of all tenants.
type store struct {
	all   []tenant.Extension
	err   error
	reads int
}

func (s *store) Schemas(context.Context, tenant.ID) ([]tenant.Extension, error) {
	s.reads++
	return s.all, s.err
}

func TestRegistries(t *testing.T) {
	s := &store{all: []tenant.Extension{define(t, urn, `{"name":"a"}`)}}
	r := tenantschema.New(standard(t), s)
	of := func(id tenant.ID, v tenant.SchemaVersion) *schema.Registry {
		t.Helper()
		registry, err := r.Of(t.Context(), id, v)
		if err != nil {
			t.Fatal(err)
		}
		return registry
	}
	if of("acme", "").Schema(urn) != nil || s.reads != 0 {
		t.Errorf("%d reads for a tenant without schemas", s.reads)
	}
	first := of("acme", "v1")
	if first.Schema(urn) == nil || of("acme", "v1") != first || s.reads != 1 {
		t.Errorf("%d reads of one version", s.reads)
	}
	if s.all = nil; of("acme", "v2").Schema(urn) != nil || of("globex", "v1").Schema(urn) != nil || s.reads != 3 {
		t.Errorf("%d reads of three versions", s.reads)
	}
	for i := range 1000 {
		of("acme", tenant.SchemaVersion(fmt.Sprint(i)))
	}
	if s.reads = 0; of("acme", "999") == nil || s.reads != 0 {
		t.Error("the newest version is not kept")
	}
	for i := range 1000 {
		of("acme", tenant.SchemaVersion(fmt.Sprint(i)))
	}
	if s.reads < 500 {
		t.Errorf("of 1000 versions %d are kept", 1000-s.reads)
	}
	s.err = errors.New("down")
	if _, err := r.Of(t.Context(), "acme", "new"); !errors.Is(err, s.err) {
		t.Errorf("%v", err)
	}
	s.err, s.all = nil, []tenant.Extension{{URN: urn, ResourceType: "User", Definition: "{"}}
	if _, err := r.Of(t.Context(), "acme", "new"); err == nil || !strings.Contains(err.Error(), "acme") {
		t.Errorf("damaged: %v", err)
	}
}
