package template

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// intrinsic evaluates one CloudFormation function for the node of its argument.
type intrinsic func(e *evaluator, arg *yaml.Node) (any, error)

func intrinsics() map[string]intrinsic {
	return map[string]intrinsic{
		"Ref":        (*evaluator).ref,
		"Condition":  (*evaluator).namedCondition,
		"Fn::GetAtt": (*evaluator).getAtt,
		"Fn::Sub":    (*evaluator).sub,
		"Fn::Join":   (*evaluator).join,
		"Fn::Select": (*evaluator).pick,
		"Fn::Split":  (*evaluator).split,
		"Fn::If":     (*evaluator).choose,
		"Fn::Equals": (*evaluator).equals,
		"Fn::Not":    (*evaluator).not,
		"Fn::And":    (*evaluator).and,
		"Fn::Or":     (*evaluator).or,
	}
}

func (e *evaluator) ref(arg *yaml.Node) (any, error) { return e.lookup(arg, arg.Value) }

// lookup is the value of a name: a pseudo parameter, a parameter or a resource.
func (e *evaluator) lookup(at *yaml.Node, name string) (any, error) {
	if v, ok := e.pseudo(name); ok {
		return v, nil
	}
	if v, ok := e.parameters[name]; ok {
		return v, nil
	}
	if api, ok := strings.CutSuffix(name, ".Stage"); ok && e.typeOf(api) == apiType {
		return e.value(child(child(child(e.section("Resources"), api), "Properties"), "StageName"))
	}
	if err := e.mustExist(at, name); err != nil {
		return nil, err
	}
	physical, err := e.physicalName(name)
	if arn, ok := e.reference(name, physical); ok {
		return arn, err
	}
	return physical, err
}

func (e *evaluator) pseudo(name string) (any, bool) {
	switch name {
	case "AWS::NoValue":
		return noValue{}, true
	case "AWS::Region":
		return e.deployment.Region, true
	case "AWS::AccountId":
		return e.deployment.AccountID, true
	case "AWS::Partition":
		return "aws", true
	case "AWS::URLSuffix":
		return "amazonaws.com", true
	case "AWS::StackName":
		return e.deployment.StackName, true
	case "AWS::StackId":
		return e.arn("cloudformation", "stack/"+e.deployment.StackName+"/00000000-0000-4000-8000-000000000000"), true
	}
	return nil, false
}

// getAtt takes "Resource.Attribute" or the list of the two.
func (e *evaluator) getAtt(arg *yaml.Node) (any, error) {
	path := arg.Value
	if arg.Kind == yaml.SequenceNode && len(arg.Content) == 2 {
		path = arg.Content[0].Value + "." + arg.Content[1].Value
	}
	return e.attributeAt(arg, path)
}

func (e *evaluator) attributeAt(at *yaml.Node, path string) (any, error) {
	id, attribute, _ := strings.Cut(path, ".")
	if err := e.mustExist(at, id); err != nil {
		return nil, err
	}
	if output, ok := strings.CutPrefix(attribute, "Outputs."); ok && e.typeOf(id) == applicationType {
		return e.output(at, id, output)
	}
	name, err := e.physicalName(id)
	if err != nil {
		return nil, err
	}
	v, ok := e.attribute(id, name, attribute)
	if !ok {
		return nil, e.errorf(at, "the local stack does not know the attribute %s of %s", attribute, e.typeOf(id))
	}
	return v, nil
}

func (e *evaluator) output(at *yaml.Node, id, name string) (any, error) {
	s, err := e.nested(id)
	if err != nil {
		return nil, err
	}
	v, ok := s.Outputs[name]
	if !ok {
		return nil, e.errorf(at, "%s has no output %s", id, name)
	}
	return v, nil
}

var placeholder = regexp.MustCompile(`\$\{([^}]*)\}`)

// sub takes a text, or the list of a text and an object of further names.
func (e *evaluator) sub(arg *yaml.Node) (any, error) {
	format, names := arg.Value, map[string]any{}
	if arg.Kind == yaml.SequenceNode {
		if len(arg.Content) != 2 {
			return nil, e.errorf(arg, "Fn::Sub takes a text and an object")
		}
		var err error
		if names, err = e.mapping(arg.Content[1]); err != nil {
			return nil, err
		}
		format = arg.Content[0].Value
	}
	var failed error
	out := placeholder.ReplaceAllStringFunc(format, func(match string) string {
		v, err := e.placeholderValue(arg, match[2:len(match)-1], names)
		if err != nil {
			failed = err
		}
		return fmt.Sprint(v)
	})
	return out, failed
}

func (e *evaluator) placeholderValue(at *yaml.Node, name string, names map[string]any) (any, error) {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}", nil
	}
	if v, ok := names[name]; ok {
		return v, nil
	}
	if strings.Contains(name, ".") {
		return e.attributeAt(at, name)
	}
	return e.lookup(at, name)
}

func (e *evaluator) join(arg *yaml.Node) (any, error) {
	args, err := e.arguments(arg, 2)
	if err != nil {
		return nil, err
	}
	list, _ := args[1].([]any)
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = fmt.Sprint(v)
	}
	return strings.Join(parts, fmt.Sprint(args[0])), nil
}

// choose evaluates only the branch that is taken.
func (e *evaluator) choose(arg *yaml.Node) (any, error) {
	if arg.Kind != yaml.SequenceNode || len(arg.Content) != 3 {
		return nil, e.errorf(arg, "Fn::If takes a condition and two values")
	}
	holds, err := e.condition(arg, arg.Content[0].Value)
	if err != nil {
		return nil, err
	}
	if holds {
		return e.value(arg.Content[1])
	}
	return e.value(arg.Content[2])
}

func (e *evaluator) equals(arg *yaml.Node) (any, error) {
	args, err := e.arguments(arg, 2)
	if err != nil {
		return nil, err
	}
	if reflect.DeepEqual(args[0], args[1]) {
		return true, nil
	}
	return fmt.Sprint(args[0]) == fmt.Sprint(args[1]), nil
}

// arguments evaluates a list of exactly n arguments.
func (e *evaluator) arguments(arg *yaml.Node, n int) ([]any, error) {
	if arg.Kind != yaml.SequenceNode || len(arg.Content) != n {
		return nil, e.errorf(arg, "%d arguments are expected here", n)
	}
	return e.sequence(arg)
}
