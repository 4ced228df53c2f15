// Package providers plays what identity providers send against a deployed service, story by
// story, and deletes what the stories have made. Package story has the stories.
package providers

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"scimserver/shared/testkit/story"
)

const requestTimeout = 60 * time.Second

// Options say what is played against which service.
type Options struct {
	URL     string   // the stack's output BaseUrl, which ends in /scim/v2
	Token   string   // a bearer token of a tenant with the scope write
	Profile string   // the tenant's profile; the stories for it are played
	Only    []string // the names of the stories to play; all if empty
}

// Run plays the stories and writes a line for each to out. The error says how many failed.
func Run(ctx context.Context, out io.Writer, o Options) error {
	stories, err := o.stories()
	if err != nil {
		return err
	}
	service := story.Service{
		BaseURL: strings.TrimSuffix(o.URL, "/"), Token: o.Token, HTTP: &http.Client{Timeout: requestTimeout},
	}
	run, failed := strings.ToLower(rand.Text()[:10]), 0
	for _, s := range stories {
		if err := s.Play(ctx, service, s.Name+"-"+run); err != nil {
			failed++
			fmt.Fprintf(out, "FAILED  %s\n        %v\n", s.Title, err)
			continue
		}
		fmt.Fprintf(out, "ok      %s (%d requests)\n", s.Title, len(s.Steps))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d stories failed", failed, len(stories))
	}
	fmt.Fprintf(out, "All %d stories for the profile %s went as the providers need it.\n", len(stories), o.Profile)
	return nil
}

// stories returns what is to be played.
func (o Options) stories() ([]story.Story, error) {
	if !strings.HasSuffix(strings.TrimSuffix(o.URL, "/"), "/scim/v2") {
		return nil, fmt.Errorf("-url is the stack's output BaseUrl and ends in /scim/v2, which %q does not", o.URL)
	}
	if o.Token == "" {
		return nil, errors.New("a token is needed: -token, or SCIM_TOKEN in the environment")
	}
	all, err := story.All()
	if err != nil {
		return nil, err
	}
	played, names := []story.Story{}, []string{}
	for _, s := range all {
		if s.For(o.Profile) {
			names = append(names, s.Name)
		}
		if s.For(o.Profile) && (len(o.Only) == 0 || slices.Contains(o.Only, s.Name)) {
			played = append(played, s)
		}
	}
	if len(played) == 0 || len(o.Only) > len(played) {
		return nil, fmt.Errorf("the profile %q has the stories %s", o.Profile, strings.Join(names, ", "))
	}
	return played, nil
}
