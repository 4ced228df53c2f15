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
	for range 2 { // a template that is bridged already stays as it is
		if err := bridge(dir); err != nil {
			t.Fatal(err)
		}
	}
	template, err := readTemplate(file)
	if err != nil {
		t.Fatal(err)
	}
	resources := object(template, "Resources")
	if got := object(resources, "Api", "Properties", "DefinitionBody", "paths", "/a"); len(got) != len(methods()) || got["get"] == nil {
		t.Errorf("the methods of /a are %v", got)
	}
	if got := object(resources, "F", "Properties", "Events"); len(got) != len(methods())+1 || got["Closed"] == nil || got["Openget"] == nil {
		t.Errorf("the events are %v", got)
	}
	if resources["Sum"] != nil || resources["Rule"] != nil || resources["One"] == nil {
		t.Errorf("the resources are %v", resources)
	}
}
