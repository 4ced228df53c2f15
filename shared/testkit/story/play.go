package story

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// cleanupTime is how long the resources that a story made may take to delete.
const cleanupTime = 2 * time.Minute

// Service is a SCIM service that stories are played against.
type Service struct {
	BaseURL string // ends in /scim/v2
	Token   string // a bearer token with the right to write
	HTTP    *http.Client
}

// Play sends the requests of a story in order and compares the answers. run takes the place
// of ${run}. The error names the file, the line and the step of the first answer that is not
// as expected; what comes after it depends on it. At the end, also after an error, Play
// deletes the users and groups that the story has made.
func (s Story) Play(ctx context.Context, to Service, run string) error {
	p := &play{Story: s, Service: to, values: map[string]string{"run": run}}
	err := p.steps(ctx)
	// What was made is deleted even after an interruption.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	return errors.Join(err, p.cleanUp(ctx))
}

// play is one run of a story.
type play struct {
	Story
	Service
	values map[string]string // what ${name} stands for
	made   []string          // the paths of what is to be deleted
}

func (p *play) steps(ctx context.Context) error {
	for _, step := range p.Steps {
		if err := p.step(ctx, step); err != nil {
			return fmt.Errorf("%s.story:%d: %s: %w", p.Name, step.Line, step.Name, err)
		}
	}
	return nil
}

func (p *play) step(ctx context.Context, s Step) error {
	target := p.fill(s.Target)
	status, body, text, err := p.send(ctx, s, target)
	if err != nil {
		return err
	}
	p.remember(s.Method, target, status, body)
	if !slices.Contains(s.Status, status) {
		return fmt.Errorf("%s %s: status %d, want %v: %s", s.Method, target, status, s.Status, text)
	}
	for _, e := range s.Expect {
		if err := p.expect(e, body); err != nil {
			return fmt.Errorf("%s %s: %w", s.Method, target, err)
		}
	}
	return nil
}

// expect compares one place of a body, or remembers it.
func (p *play) expect(e Expectation, body any) error {
	filled := Expectation{e.Pointer, e.Word, p.fill(e.Operand)}
	if err := filled.check(body); err != nil || e.Word != "as" {
		return err
	}
	value, _ := at(body, e.Pointer)
	text, ok := value.(string)
	if !ok {
		return fmt.Errorf("%s: the value is not a string", e)
	}
	p.values[e.Operand] = text
	return nil
}

// fill replaces each ${name}. A name without a value stays, so that the service refuses it.
func (p *play) fill(text string) string {
	for name, value := range p.values {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	return text
}

// send sends a step's request. body is the decoded answer, nil if it has no body.
func (p *play) send(ctx context.Context, s Step, target string) (status int, body any, text []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, s.Method, p.BaseURL+target, strings.NewReader(p.fill(s.Body)))
	if err != nil {
		return 0, nil, nil, err
	}
	r.Header.Set("Authorization", "Bearer "+p.Token)
	r.Header.Set("Content-Type", "application/scim+json")
	for _, h := range []http.Header{p.Header, s.Header} {
		for name := range h {
			r.Header.Set(name, h.Get(name))
		}
	}
	res, err := p.HTTP.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	text, err = io.ReadAll(res.Body)
	if err == nil && len(text) > 0 {
		err = json.Unmarshal(text, &body)
	}
	if err != nil {
		err = fmt.Errorf("%s %s: status %d, and a body that is not JSON: %w: %.200s",
			s.Method, target, res.StatusCode, err, text)
	}
	return res.StatusCode, body, text, err
}

// remember notes what a request has made or deleted.
func (p *play) remember(method, target string, status int, body any) {
	if method == http.MethodPost && status == http.StatusCreated {
		if id, ok := at(body, "/id"); ok {
			path, _, _ := strings.Cut(target, "?")
			p.made = append(p.made, fmt.Sprint(path, "/", id))
		}
	}
	p.rememberBulk(body)
	if method == http.MethodDelete {
		p.made = slices.DeleteFunc(p.made, func(made string) bool { return made == target })
	}
}

// rememberBulk notes what the operations of a bulk request have made (RFC 7644 section 3.7).
func (p *play) rememberBulk(body any) {
	list, _ := at(body, "/Operations")
	operations, _ := list.([]any)
	for _, o := range operations {
		status, _ := at(o, "/status")
		location, _ := at(o, "/location")
		if path, ok := strings.CutPrefix(fmt.Sprint(location), p.BaseURL); ok && status == "201" {
			p.made = append(p.made, path)
		}
	}
}

// cleanUp deletes what the story has made, the newest first.
func (p *play) cleanUp(ctx context.Context) (failed error) {
	for _, path := range slices.Backward(p.made) {
		status, _, text, err := p.send(ctx, Step{Method: http.MethodDelete}, path)
		if err == nil && status != http.StatusNoContent && status != http.StatusNotFound {
			err = fmt.Errorf("status %d: %s", status, text)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s.story: %s was not deleted: %w", p.Name, path, err))
		}
	}
	return failed
}
