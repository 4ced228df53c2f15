package story

import (
	"errors"
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
)

// Parse reads a story. The error starts with the number of the line.
func Parse(name, text string) (Story, error) {
	p := parser{story: Story{Name: name, Header: http.Header{}}, next: (*parser).title}
	for i, line := range strings.Split(text, "\n") {
		p.line = i + 1
		if err := p.read(line); err != nil {
			return Story{}, fmt.Errorf("%d: %w", p.line, err)
		}
	}
	if err := p.end(); err != nil {
		return Story{}, fmt.Errorf("%d: %w", p.line, err)
	}
	return p.story, nil
}

// parser reads a story line by line. next reads the next line that is not empty.
type parser struct {
	story Story
	line  int
	next  func(*parser, string) error
}

func (p *parser) read(line string) error {
	if name, ok := strings.CutPrefix(line, "## "); ok {
		return p.begin(name)
	}
	if strings.TrimSpace(line) == "" {
		return nil
	}
	return p.next(p, line)
}

// begin starts a step.
func (p *parser) begin(name string) error {
	if err := p.end(); err != nil {
		return err
	}
	p.story.Steps = append(p.story.Steps, Step{Name: name, Header: http.Header{}})
	p.next = (*parser).request
	return nil
}

// end checks that the part before the next step is complete.
func (p *parser) end() error {
	if len(p.story.Steps) == 0 {
		if p.story.Title == "" || len(p.story.Profiles) == 0 || len(p.story.Sources) == 0 {
			return errors.New(`a story needs "# title", "Profile: ..." and "Source: ..." before its first step`)
		}
		return nil
	}
	if len(p.step().Status) == 0 {
		return fmt.Errorf(`the step %q has no line "-> STATUS"`, p.step().Name)
	}
	return nil
}

func (p *parser) step() *Step { return &p.story.Steps[len(p.story.Steps)-1] }

func (p *parser) title(line string) error {
	title, ok := strings.CutPrefix(line, "# ")
	if !ok {
		return errors.New(`the first line is "# title"`)
	}
	p.story.Title, p.next = title, (*parser).head
	return nil
}

// head reads a line between the title and the first step.
func (p *parser) head(line string) error {
	key, value, _ := strings.Cut(line, ": ")
	switch key {
	case "Profile":
		p.story.Profiles = strings.Fields(value)
	case "Source":
		p.story.Sources = append(p.story.Sources, value)
	case "Header":
		return addHeader(p.story.Header, value)
	default:
		return fmt.Errorf("%q is none of Profile, Source and Header", key)
	}
	return nil
}

// request reads a step's first line.
func (p *parser) request(line string) error {
	method, target, ok := strings.Cut(line, " ")
	if !ok || !strings.HasPrefix(target, "/") || strings.Contains(target, " ") {
		return errors.New(`a step begins with a request, such as "GET /Users?count=2"`)
	}
	s := p.step()
	s.Method, s.Target, s.Line, p.next = method, target, p.line, (*parser).header
	return nil
}

// header reads a line between the request and its body.
func (p *parser) header(line string) error {
	if strings.HasPrefix(line, "{") || strings.HasPrefix(line, "->") {
		p.next = (*parser).body
		return p.next(p, line)
	}
	return addHeader(p.step().Header, line)
}

func addHeader(h http.Header, line string) error {
	name, value, ok := strings.Cut(line, ": ")
	if !ok || name != textproto.TrimString(name) {
		return fmt.Errorf(`%q is not a header, such as "Accept: */*"`, line)
	}
	h.Set(name, value)
	return nil
}

// body reads a line of the body, or the status that ends it.
func (p *parser) body(line string) error {
	status, ok := strings.CutPrefix(line, "->")
	if !ok {
		p.step().Body += line + "\n"
		return nil
	}
	for field := range strings.FieldsSeq(status) {
		n, err := strconv.Atoi(field)
		if err != nil || http.StatusText(n) == "" {
			return fmt.Errorf("%q is not a status", field)
		}
		p.step().Status = append(p.step().Status, n)
	}
	p.next = (*parser).expectation
	return nil
}

func (p *parser) expectation(line string) error {
	e, err := parseExpectation(strings.TrimSpace(line))
	p.step().Expect = append(p.step().Expect, e)
	return err
}
