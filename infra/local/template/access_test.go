package template_test

import (
	"slices"
	"strings"
	"testing"

	"scimserver/infra/local/template"
)

// statement is one of a policy of template.yaml.
type statement struct {
	Action    any
	Condition map[string]map[string][]string
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

// TestFunctionsMayDoWhatTheyNeed: who needs no users reads none, and nobody reads
// the table as a whole (RFC 7643 section 9.3). The local stack holds functions to
// these policies, so every end-to-end test shows that they suffice.
func TestFunctionsMayDoWhatTheyNeed(t *testing.T) { // S-9.3-3, P-7.5.1-1
	users := []string{"UsersFunction", "GroupsFunction", "MeFunction", "SearchFunction", "ChangesFunction", "AdminFunction"}
	credentials := []string{"AuthorizerFunction", "TokenFunction"}
	for _, f := range load(t, "../../../template.yaml", nil).OfType("AWS::Serverless::Function") {
		for _, s := range statements(t, f) {
			for _, action := range s.actions() {
				if !strings.HasPrefix(action, "dynamodb:") {
					continue
				}
				keys := s.Condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
				narrow := len(keys) > 0 && !slices.ContainsFunc(keys, func(k string) bool { return k != "TENANT" && k != "CRED#*" })
				if !slices.Contains(users, f.ID) && !(slices.Contains(credentials, f.ID) && narrow) {
					t.Errorf("%s may %s of %q", f.ID, action, keys)
				}
				if strings.ContainsAny(action, "*?") || slices.Contains([]string{"dynamodb:Scan", "dynamodb:ExportTableToPointInTime"}, action) || strings.HasSuffix(action, "Table") {
					t.Errorf("%s may %s", f.ID, action)
				}
			}
		}
	}
}
