package template

import (
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	applicationType = "AWS::Serverless::Application"
	apiType         = "AWS::Serverless::Api"
)

// evaluator turns the nodes of one template into values.
type evaluator struct {
	file       string
	root       *yaml.Node
	deployment Deployment
	parameters map[string]any
	stacks     map[string]*Stack // nested stacks by logical id
	intrinsics map[string]intrinsic
}

// noValue stands for AWS::NoValue: a property or list item with this value is left out.
type noValue struct{}

func newEvaluator(file string, root *yaml.Node, d Deployment) *evaluator {
	return &evaluator{
		file: file, root: root, deployment: d,
		parameters: map[string]any{}, stacks: map[string]*Stack{}, intrinsics: intrinsics(),
	}
}

func (e *evaluator) section(name string) *yaml.Node { return child(e.root, name) }

func (e *evaluator) errorf(n *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", e.file, n.Line, fmt.Errorf(format, args...))
}

// value evaluates any node.
func (e *evaluator) value(n *yaml.Node) (any, error) {
	if n == nil {
		return nil, nil
	}
	if n.Kind == yaml.AliasNode {
		return e.value(n.Alias)
	}
	if name, arg := call(n); name != "" {
		f, known := e.intrinsics[name]
		if !known {
			return nil, e.errorf(n, "the local stack does not know %s", name)
		}
		return f(e, arg)
	}
	switch n.Kind {
	case yaml.MappingNode:
		return e.mapping(n)
	case yaml.SequenceNode:
		return e.sequence(n)
	default:
		return e.scalar(n)
	}
}

// call reports whether a node is an intrinsic function, in its short form
// (!Sub x) or its long one (Fn::Sub: x), and returns its name and argument.
func call(n *yaml.Node) (name string, arg *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		plain := *n
		plain.Tag = ""
		return longName(n.Tag[1:]), &plain
	}
	if n.Kind != yaml.MappingNode || len(n.Content) != 2 {
		return "", nil
	}
	key := n.Content[0].Value
	if key == "Ref" || strings.HasPrefix(key, "Fn::") {
		return key, n.Content[1]
	}
	return "", nil
}

func longName(short string) string {
	if short == "Ref" || short == "Condition" {
		return short
	}
	return "Fn::" + short
}

// mapping evaluates an object. For an absent node it returns an empty object.
func (e *evaluator) mapping(n *yaml.Node) (map[string]any, error) {
	m := map[string]any{}
	if n != nil && n.Kind != yaml.MappingNode {
		return nil, e.errorf(n, "an object is expected here")
	}
	for key, node := range pairs(n) {
		v, err := e.value(node)
		if err != nil {
			return nil, err
		}
		if _, left := v.(noValue); !left {
			m[key] = v
		}
	}
	return m, nil
}

func (e *evaluator) sequence(n *yaml.Node) ([]any, error) {
	list := []any{}
	for _, node := range n.Content {
		v, err := e.value(node)
		if err != nil {
			return nil, err
		}
		if _, left := v.(noValue); !left {
			list = append(list, v)
		}
	}
	return list, nil
}

func (e *evaluator) scalar(n *yaml.Node) (any, error) {
	if n.Tag == "" || n.Tag == "!!str" {
		return n.Value, nil
	}
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, e.errorf(n, "%w", err)
	}
	return v, nil
}

// nested loads the template of an application, once.
func (e *evaluator) nested(id string) (*Stack, error) {
	if s := e.stacks[id]; s != nil {
		return s, nil
	}
	node := child(child(e.section("Resources"), id), "Properties")
	location := child(node, "Location")
	if location == nil || location.Kind != yaml.ScalarNode {
		return nil, e.errorf(node, "Location must be the path of a template")
	}
	parameters, err := e.mapping(child(node, "Parameters"))
	if err != nil {
		return nil, err
	}
	d := e.deployment
	d.StackName += "-" + id
	d.Parameters = map[string]string{}
	for name, v := range parameters {
		d.Parameters[name] = fmt.Sprint(v)
	}
	s, err := Load(filepath.Join(filepath.Dir(e.file), location.Value), d)
	e.stacks[id] = s
	return s, err
}
