package filter

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/scim"
	"scimserver/shared/scim/schema"
)

// Parsing, printing and parsing again is the identity (P-3.5.2-7, P-3.5.2-33).
func TestParsePath(t *testing.T) {
	each(t, "testdata/paths.txt", func(t *testing.T, in, want string) {
		if want == "" {
			want = in
		}
		target, err := ParsePath(in)
		if err != nil {
			t.Fatal(err)
		}
		if target.String() != want {
			t.Errorf("printed %s, want %s", target, want)
		}
		again, err := ParsePath(target.String())
		if err != nil || !reflect.DeepEqual(again, target) {
			t.Errorf("parsed again: %v, %v", again, err)
		}
	})
}

// P-3.5.2-8, P-3.5.2-9, P-3.5.2-10
func TestParsePathRejects(t *testing.T) {
	each(t, "testdata/badpaths.txt", func(t *testing.T, quoted, want string) {
		in, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		kind, detail, _ := strings.Cut(want, " ")
		rejectsPath(t, in, scim.ErrorType(kind), detail)
	})
	rejectsPath(t, strings.Repeat("a", MaxLength+1), scim.TypeInvalidPath, "limit is 4096")
	rejectsPath(t, "a["+strings.Repeat("(", maxLevels)+"b pr", scim.TypeInvalidFilter, "16 levels")
	rejectsPath(t, "a[b pr"+strings.Repeat(" or b pr", maxTerms)+"]", scim.TypeInvalidFilter, "64 comparisons")
}

func rejectsPath(t *testing.T, in string, kind scim.ErrorType, detail string) {
	t.Helper()
	got, err := ParsePath(in)
	var e *scim.Error
	if !errors.As(err, &e) || e.Type != kind || !strings.Contains(e.Detail, detail) {
		t.Errorf("%.40q: %v, %v; want %s with %q", in, got, err, kind, detail)
	}
}

func FuzzParsePath(f *testing.F) {
	f.Add(`urn:x:a[b eq "c" or not (d pr)].e`)
	f.Fuzz(func(t *testing.T, in string) {
		target, err := ParsePath(in)
		if err != nil {
			return
		}
		again, err := ParsePath(target.String())
		if len(target.String()) <= MaxLength && (err != nil || !reflect.DeepEqual(again, target)) {
			t.Errorf("%q is printed as %q: %v", in, target, err)
		}
	})
}

func TestResolve(t *testing.T) {
	user := userType(t)
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	for in, want := range map[string]string{
		"userName":                               "userName", // P-3.10-4
		"USERNAME":                               "userName", // P-3.10-3
		"name.FamilyName":                        "name.familyName",
		"id":                                     "id",
		"meta.created":                           "meta.created",
		scim.UserSchema + ":schemas":             "schemas", // P-3.10-2
		strings.ToUpper(scim.UserSchema) + ":ID": "id",
		scim.UserSchema + ":name.givenName":      "name.givenName", // P-3.10-1
		enterprise:                               enterprise,
		strings.ToUpper(enterprise):              enterprise,
		enterprise + ":MANAGER.displayName":      enterprise + ":manager.displayName",
		enterprise + ":department":               enterprise + ":department",
		"department":                             "", // P-3.10-5
		"userName.value":                         "",
		"schemas.value":                          "",
		"name.nickName":                          "",
		"User":                                   "",
		scim.UserSchema:                          "",
		scim.GroupSchema + ":userName":           "",
		enterprise + ":userName":                 "",
		enterprise + ":manager.name":             "",
	} {
		target, err := ParsePath(in)
		if err != nil {
			t.Fatal(err)
		}
		attr, ok := Resolve(user, target.Path)
		if ok != (want != "") || ok && spell(attr) != want {
			t.Errorf("%s names %s, %v; want %s", in, spell(attr), ok, want)
		}
	}
}

// spell writes the resolved path in the spelling of the schema.
func spell(a Attribute) string {
	var p Path
	if a.Extension != nil {
		p.URN = a.Extension.ID
	}
	if a.Attr == nil {
		return p.URN
	}
	p.Attr = a.Attr.Name
	if a.Sub != nil {
		p.Sub = a.Sub.Name
	}
	return p.String()
}

func userType(tb testing.TB) *schema.ResourceType {
	tb.Helper()
	r, err := schema.Standard()
	if err != nil {
		tb.Fatal(err)
	}
	return r.Type("User")
}
