package template_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"scimserver/infra/local/template"
)

// statement is one of a policy of template.yaml.
type statement struct {
	Action    any
	Condition map[string]map[string]any
}

// leadingKeys are the partition keys that the statement is restricted to.
func (s statement) leadingKeys() (all []string) {
	keys, _ := s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"].([]any)
	for _, k := range keys {
		all = append(all, fmt.Sprint(k))
	}
	return all
}

func (s statement) actions() (all []string) {
	switch actions := s.Action.(type) {
	case string:
		return []string{actions}
	case []any:
		for _, a := range actions {
			all = append(all, a.(string))
		}
	}
	return all
}

func statements(t *testing.T, f *template.Resource) (all []statement) {
	t.Helper()
	var p struct {
		Policies []struct{ Statement []statement }
	}
	if err := f.Decode(&p); err != nil {
		t.Fatal(err)
	}
	for _, one := range p.Policies {
		all = append(all, one.Statement...)
	}
	return all
}

// TestFunctionsMayDoWhatTheyNeed: no function reads the table as a whole, and each has
// the keys that it needs (RFC 7643 section 9.3). The local stack holds functions to
// these policies, so every end-to-end test shows that they suffice.
func TestFunctionsMayDoWhatTheyNeed(t *testing.T) { // S-9.3-3, P-7.5.1-1
	for _, f := range load(t, "../../../template.yaml", nil).OfType("AWS::Serverless::Function") {
		r := rightsOf(t, f)
		for _, s := range statements(t, f) {
			checkStatement(t, f.ID, s)
		}
		for key, may := range map[string][]string{
			"CRED#*": {"AuthorizerFunction", "TokenFunction", "AdminFunction", "PortalFunction"},
			"T#*": {"UsersFunction", "GroupsFunction", "MeFunction", "SearchFunction", "BulkFunction",
				"ChangesFunction", "AdminFunction"},
			"ACCOUNT": {"UsersFunction", "GroupsFunction", "MeFunction", "BulkFunction", "ChangesFunction",
				"AdminFunction"},
		} {
			if slices.Contains(append(r.reads, r.writes...), key) != slices.Contains(may, f.ID) {
				t.Errorf("%s reads %q and writes %q; of %s want %v", f.ID, r.reads, r.writes, key, may)
			}
		}
		if slices.Contains(r.writes, "TENANT") && f.ID != "AdminFunction" {
			t.Errorf("%s writes tenants' records", f.ID)
		}
	}
}

// checkStatement demands that a statement about the table names keys, and no action on the whole table.
func checkStatement(t *testing.T, function string, s statement) {
	t.Helper()
	keys := s.leadingKeys()
	for _, action := range s.actions() {
		name, isTable := strings.CutPrefix(action, "dynamodb:")
		if !isTable {
			continue
		}
		if len(keys) == 0 || slices.ContainsFunc(keys, func(k string) bool { return strings.HasPrefix(k, "*") }) {
			t.Errorf("%s may %s of any key", function, action)
		}
		// With no key in the request, ForAllValues holds: an action without keys would be granted as a whole.
		if !slices.Contains([]string{
			"BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query",
			"UpdateItem",
		}, name) {
			t.Errorf("%s may %s", function, action)
		}
	}
}

// TestTheSetupPageCanBeLeftOut: without it nobody reaches its function, its log or its alarm.
func TestTheSetupPageCanBeLeftOut(t *testing.T) {
	s := load(t, "../../../template.yaml", map[string]string{"SetupPage": "off"})
	for _, kind := range []string{"AWS::Serverless::Function", "AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm"} {
		for _, r := range s.OfType(kind) {
			if strings.HasPrefix(r.ID, "Portal") || strings.HasPrefix(r.ID, "Setup") {
				t.Errorf("%s is declared", r.ID)
			}
		}
	}
	for _, api := range s.OfType("AWS::Serverless::Api") {
		if body := fmt.Sprint(api.Properties); strings.Contains(body, "PortalFunction") {
			t.Errorf("%s has a route to it: %s", api.ID, body)
		}
	}
}
