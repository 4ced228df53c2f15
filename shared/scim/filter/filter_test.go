package filter

import (
	"bufio"
	"errors"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"scimserver/shared/scim"
)

// each calls f with the two halves of every line of a file of vectors.
func each(t *testing.T, file string, f func(t *testing.T, left, right string)) {
	t.Helper()
	data, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	for lines := bufio.NewScanner(data); lines.Scan(); {
		if line := lines.Text(); line != "" && line[0] != '#' {
			left, right, _ := strings.Cut(line, " => ")
			t.Run(left, func(t *testing.T) { f(t, left, right) })
		}
	}
}

// Parsing, printing and parsing again is the identity (P-3.4.2.2-3, P-3.4.2.2-18, P-3.4.2.2-23,
// P-3.4.2.2-25, P-3.4.2.2-26, P-3.4.2.2-28, P-3.10-2).
func TestParse(t *testing.T) {
	each(t, "testdata/valid.txt", func(t *testing.T, in, want string) {
		if want == "" {
			want = in
		}
		e, err := Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if e.String() != want {
			t.Errorf("printed %s, want %s", e, want)
		}
		again, err := Parse(e.String())
		if err != nil || !reflect.DeepEqual(again, e) {
			t.Errorf("parsed again: %v, %v", again, err)
		}
	})
}

// P-3.4.2.2-4, P-3.4.2.2-5, P-3.4.2.2-22, P-3.4.2.2-24, P-3.4.2.2-33, P-3.4.2.2-35
func TestParseRejects(t *testing.T) {
	each(t, "testdata/invalid.txt", func(t *testing.T, quoted, want string) {
		in, err := strconv.Unquote(quoted)
		if err != nil {
			t.Fatal(err)
		}
		rejects(t, in, want)
	})
	rejects(t, strings.Repeat("(", 10000), "limit is 4096") // P-3.4.2.2-45
	rejects(t, strings.Repeat("(", 17)+"a pr", "16 levels")
	rejects(t, strings.Repeat("not (", 17)+"a pr", "16 levels")
	rejects(t, "a pr"+strings.Repeat(" or a pr", 64), "64 comparisons")
}

func rejects(t *testing.T, in, want string) {
	t.Helper()
	got, err := Parse(in)
	var e *scim.Error
	if !errors.As(err, &e) || e.Type != scim.TypeInvalidFilter || !strings.Contains(e.Detail, want) {
		t.Errorf("%.40q: %v, %v; want an error with %q", in, got, err, want)
	}
}

func TestPrecedence(t *testing.T) { // P-3.4.2.2-19, P-3.4.2.2-20
	for in, same := range map[string]string{
		"a pr or b pr and c pr":        "a pr or (b pr and c pr)",
		"a pr and b pr or c pr":        "(a pr and b pr) or c pr",
		"not (a pr) and b pr":          "(not (a pr)) and b pr",
		"a pr and b pr and c pr":       "(a pr and b pr) and c pr",
		"a eq \"x\" or b eq 1 or c pr": "(a eq \"x\" or b eq 1) or c pr",
	} {
		x, err := Parse(in)
		y, err2 := Parse(same)
		if err != nil || err2 != nil || !reflect.DeepEqual(x, y) {
			t.Errorf("%s is read as %v, not as %v", in, x, y)
		}
	}
	x, _ := Parse("(a pr or b pr) and c pr")
	y, _ := Parse("a pr or b pr and c pr")
	if reflect.DeepEqual(x, y) {
		t.Error("parentheses change nothing")
	}
}

func TestPathIs(t *testing.T) { // P-3.10-1, P-3.10-3, P-3.10-4
	e, err := Parse(`URN:ietf:params:scim:schemas:core:2.0:USER:Emails.Value pr`)
	if err != nil {
		t.Fatal(err)
	}
	path := e.(*Compare).Path
	if !path.Is(scim.UserSchema, "emails", "value") || path.Is(scim.GroupSchema, "emails", "value") ||
		path.Is(scim.UserSchema, "emails", "") {
		t.Errorf("%+v", path)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`a eq "x" and not (b[c pr or d lt 3]) or urn:x:y.z ne null`)
	f.Fuzz(func(t *testing.T, in string) {
		e, err := Parse(in)
		if err != nil {
			return
		}
		again, err := Parse(e.String())
		if len(e.String()) <= MaxLength && (err != nil || !reflect.DeepEqual(e, again)) {
			t.Errorf("%q is printed as %q: %v", in, e, err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, err := Parse(`userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")`)
		if err != nil {
			b.Fatal(err)
		}
	}
}
