// Package template reads the AWS SAM templates of this project: parameters,
// conditions, globals, intrinsic functions and nested applications. It returns
// the resources with plain values, as CloudFormation would see them.
//
// It knows what this project uses. Anything else stops it with the file and the
// line, so that the local stack never runs something other than what is deployed.
package template

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Deployment has the values that a template does not contain itself.
type Deployment struct {
	StackName  string
	Region     string
	AccountID  string
	Parameters map[string]string // overrides of the defaults
}

// Stack is an evaluated template.
type Stack struct {
	Name    string
	Dir     string // folder of the file: paths in the template start here
	Outputs map[string]any

	resources []*Resource
}

// Resource is one resource of a stack whose condition holds.
type Resource struct {
	ID           string // logical id
	Type         string
	PhysicalName string
	ARN          string // empty for types that the local stack has no use for
	Properties   map[string]any
	Stack        *Stack
	Nested       *Stack // of an AWS::Serverless::Application

	file string
	line int
}

// Load evaluates the template in file and everything nested in it.
func Load(file string, d Deployment) (*Stack, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the template: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s does not contain a template", file)
	}
	e := newEvaluator(file, doc.Content[0], d)
	return e.stack()
}

// OfType lists the resources of a type in this stack and in those nested in it,
// in the order in which the templates name them.
func (s *Stack) OfType(resourceType string) []*Resource {
	var found []*Resource
	for _, r := range s.resources {
		if r.Type == resourceType {
			found = append(found, r)
		}
		if r.Nested != nil {
			found = append(found, r.Nested.OfType(resourceType)...)
		}
	}
	return found
}

// Decode puts the properties into a struct, by field name.
func (r *Resource) Decode(into any) error {
	data, err := json.Marshal(r.Properties)
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		return r.Errorf("%w", err)
	}
	return nil
}

// Errorf makes an error that says where the resource is declared.
func (r *Resource) Errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s: %w", r.file, r.line, r.ID, fmt.Errorf(format, args...))
}

// stack evaluates everything, used or not, so that an unknown intrinsic is found
// at once and not only when somebody needs its value.
func (e *evaluator) stack() (*Stack, error) {
	if err := e.readParameters(); err != nil {
		return nil, err
	}
	s := &Stack{Name: e.deployment.StackName, Dir: filepath.Dir(e.file), Outputs: map[string]any{}}
	globals, err := e.globals()
	if err != nil {
		return nil, err
	}
	for id, node := range pairs(e.section("Resources")) {
		r, err := e.resource(id, node, globals)
		if err != nil {
			return nil, err
		}
		if r != nil {
			r.Stack = s
			s.resources = append(s.resources, r)
		}
	}
	return s, e.outputs(s)
}

func (e *evaluator) resource(id string, node *yaml.Node, globals map[string]any) (*Resource, error) {
	exists, err := e.exists(id)
	if err != nil || !exists {
		return nil, err
	}
	r := &Resource{ID: id, Type: e.typeOf(id), file: e.file, line: node.Line}
	if r.Properties, err = e.properties(node, globals, r.Type); err != nil {
		return nil, err
	}
	if r.PhysicalName, err = e.physicalName(id); err != nil {
		return nil, err
	}
	r.ARN, _ = e.attribute(id, r.PhysicalName, "Arn")
	if r.Type == applicationType {
		r.Nested, err = e.nested(id)
	}
	return r, err
}

func (e *evaluator) properties(node *yaml.Node, globals map[string]any, resourceType string) (map[string]any, error) {
	own, err := e.mapping(child(node, "Properties"))
	if err != nil {
		return nil, err
	}
	section, isServerless := strings.CutPrefix(resourceType, "AWS::Serverless::")
	shared, _ := globals[section].(map[string]any)
	if !isServerless || shared == nil {
		return own, nil
	}
	merged, _ := merge(shared, own).(map[string]any)
	return merged, nil
}

func (e *evaluator) globals() (map[string]any, error) {
	return e.mapping(e.section("Globals"))
}

func (e *evaluator) outputs(s *Stack) error {
	for name, node := range pairs(e.section("Outputs")) {
		value, err := e.value(child(node, "Value"))
		if err != nil {
			return err
		}
		s.Outputs[name] = value
	}
	return nil
}

// merge lays a resource's own value over the global one as SAM does: objects
// are merged, lists are joined, anything else is replaced.
func merge(global, own any) any {
	switch g := global.(type) {
	case map[string]any:
		o, ok := own.(map[string]any)
		if !ok {
			return own
		}
		merged := make(map[string]any, len(g)+len(o))
		for k, v := range g {
			merged[k] = v
		}
		for k, v := range o {
			if under, both := g[k]; both {
				v = merge(under, v)
			}
			merged[k] = v
		}
		return merged
	case []any:
		if o, ok := own.([]any); ok {
			return slices.Concat(g, o)
		}
	}
	return own
}
