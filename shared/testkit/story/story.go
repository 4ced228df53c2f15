// Package story plays what identity providers send against any SCIM service. A story is a
// text file in the folder stories: requests as a provider sends them, and what the answers
// must contain. The tests play every story against the local stack, and
// `go run ./infra/check providers` plays them against a deployed one.
//
// A story begins with its title, the profiles that it is for, and its source. A step has a
// name, a request, the status of its answer after "->", and expectations of the body:
//
//	# Okta: an app of its catalogue
//	Profile: okta
//	Source: Okta, SCIM 2.0 protocol reference
//	Header: User-Agent: Okta SCIM Client 1.0.0
//
//	## The user is created
//	POST /Users
//	{"userName": "test.user.${run}@example.com"}
//	-> 201
//	/active = true
//	/id as user
//
//	## The user is read
//	GET /Users/${user}
//	-> 200
//
// ${run} differs each time that a story is played, so that two runs do not use the same names.
// Type Expectation lists the forms of expectations.
package story

import (
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
)

// Story is what one provider does, in order.
type Story struct {
	Name     string   // the file's name without its extension
	Title    string   // what the story is about
	Profiles []string // the tenant profiles for which the answers are as the story says
	Sources  []string // documents that show that the provider sends this
	Header   http.Header
	Steps    []Step
}

// Step is one request, and what its answer must be.
type Step struct {
	Name   string
	Line   int // the line of the request in the file
	Method string
	Target string // path and query after the base URL, encoded as the provider encodes them
	Header http.Header
	Body   string
	Status []int // the answer has one of these
	Expect []Expectation
}

// For reports whether the story is for a tenant with a profile.
func (s Story) For(profile string) bool { return slices.Contains(s.Profiles, profile) }

//go:embed stories/*.story
var stories embed.FS

// All returns the stories, ordered by name. The error names the file and the line that does not
// belong to a valid story.
func All() ([]Story, error) {
	names, err := fs.Glob(stories, "stories/*.story")
	if err != nil {
		return nil, err
	}
	all := make([]Story, 0, len(names))
	for _, name := range names {
		text, err := stories.ReadFile(name)
		if err != nil {
			return nil, err
		}
		s, err := Parse(strings.TrimSuffix(path.Base(name), ".story"), string(text))
		if err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		all = append(all, s)
	}
	return all, nil
}
