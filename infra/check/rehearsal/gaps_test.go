package rehearsal

import (
	"os"
	"path/filepath"
	"testing"
)

const built = `
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      DefinitionBody:
        paths:
          /a:
            x-amazon-apigateway-any-method: {security: []}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Open:
          Type: Api
          Properties: {Path: /a, Method: ANY, Auth: {OverrideApiAuth: true}}
        Closed:
          Type: Api
          Properties: {Path: /b, Method: ANY}
  Sum:
    Type: AWS::CloudWatch::Alarm
    Properties: {Metrics: []}
  Rule:
    Type: AWS::CloudWatch::InsightRule
  One:
    Type: AWS::CloudWatch::Alarm
    Properties: {MetricName: Errors}
`

func TestBridge(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "template.yaml")
	if err := os.WriteFile(file, []byte(built), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second call changes nothing
		if err := bridge(dir); err != nil {
			t.Fatal(err)
		}
	}
	template, err := readTemplate(file)
	if err != nil {
		t.Fatal(err)
	}
	resources := object(template, "Resources")
	path := object(resources, "Api", "Properties", "DefinitionBody", "paths", "/a")
	if len(path) != len(methods()) || path["get"] == nil {
		t.Errorf("the methods of /a are %v", path)
	}
	events := object(resources, "F", "Properties", "Events")
	if len(events) != len(methods())+1 || events["Closed"] == nil || events["Openget"] == nil {
		t.Errorf("the events are %v", events)
	}
	if resources["Sum"] != nil || resources["Rule"] != nil || resources["One"] == nil {
		t.Errorf("the resources are %v", resources)
	}
}
