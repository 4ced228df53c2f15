package template

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

func (e *evaluator) typeOf(id string) string {
	return text(child(child(e.section("Resources"), id), "Type"))
}

// exists reports whether a resource's condition holds.
func (e *evaluator) exists(id string) (bool, error) {
	condition := child(child(e.section("Resources"), id), "Condition")
	if condition == nil {
		return true, nil
	}
	return e.condition(condition, condition.Value)
}

func (e *evaluator) mustExist(at *yaml.Node, id string) error {
	if child(e.section("Resources"), id) == nil {
		return e.errorf(at, "there is no parameter or resource %s", id)
	}
	exists, err := e.exists(id)
	if err == nil && !exists {
		return e.errorf(at, "the condition of the resource %s does not hold", id)
	}
	return err
}

// physicalName returns the name that the template gives a resource, or else one
// made of the stack's name and the logical id. It is the value of most Refs.
func (e *evaluator) physicalName(id string) (string, error) {
	node := child(child(e.section("Resources"), id), "Properties")
	if given := child(node, nameProperty(e.typeOf(id))); given != nil {
		v, err := e.value(given)
		return fmt.Sprint(v), err
	}
	return e.deployment.StackName + "-" + id, nil
}

func nameProperty(resourceType string) string {
	switch resourceType {
	case "AWS::DynamoDB::Table":
		return "TableName"
	case "AWS::Serverless::Function":
		return "FunctionName"
	case "AWS::Logs::LogGroup":
		return "LogGroupName"
	case "AWS::SQS::Queue":
		return "QueueName"
	case "AWS::Events::EventBus":
		return "Name"
	}
	return ""
}

// reference returns the value of a Ref that is not the resource's name.
func (e *evaluator) reference(id, name string) (string, bool) {
	if e.typeOf(id) == "AWS::SecretsManager::Secret" || e.typeOf(id) == "AWS::SNS::Topic" {
		return e.attribute(id, name, "Arn")
	}
	return "", false
}

// attribute returns the value of GetAtt for the attributes that this project uses.
func (e *evaluator) attribute(id, name, attribute string) (string, bool) {
	switch e.typeOf(id) + "." + attribute {
	case "AWS::DynamoDB::Table.Arn":
		return e.arn("dynamodb", "table/"+name), true
	case "AWS::DynamoDB::Table.StreamArn":
		return e.arn("dynamodb", "table/"+name+"/stream/local"), true
	case "AWS::Serverless::Function.Arn":
		return e.arn("lambda", "function:"+name), true
	case "AWS::Events::EventBus.Arn":
		return e.arn("events", "event-bus/"+name), true
	case "AWS::SQS::Queue.Arn":
		return e.arn("sqs", name), true
	case "AWS::SQS::Queue.QueueName":
		return name, true
	case "AWS::IAM::Role.Arn":
		return fmt.Sprintf("arn:aws:iam::%s:role/%s", e.deployment.AccountID, name), true
	case "AWS::SecretsManager::Secret.Arn":
		return e.arn("secretsmanager", "secret:"+name), true
	case "AWS::SNS::Topic.Arn":
		return e.arn("sns", name), true
	case "AWS::Logs::LogGroup.Arn":
		return e.arn("logs", "log-group:"+name+":*"), true
	}
	return "", false
}

func (e *evaluator) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, e.deployment.Region, e.deployment.AccountID, resource)
}
