package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"go.yaml.in/yaml/v3"
)

// What the emulator (MiniStack 1.5.33) can't do, and which function works around it. The workarounds
// change the built template or call the emulator. They do not change the project's template.
//
//   - It does not import x-amazon-apigateway-any-method from an OpenAPI body: writeOutMethods.
//   - It does not import gateway responses from an OpenAPI body: putGatewayResponses.
//   - It rejects alarms on several metrics and Contributor Insights rules: removeCalculatedAlarms.
//   - It reads API keys only from the header x-api-key, not from the authorizer's response: frontDoor.
//   - It leaves requestContext.domainName empty, so links need the parameter BaseUrl: parameters.
//   - Its URLs of uploaded templates do not have the form that the SAM CLI expects: nestFiles, remove.
//   - It deletes resources that a nested stack should retain, so the table has its own stack: deployStorage.
//   - It replaces the REST API, with a new id, if the OpenAPI body changes: find, after each deployment.

type document = map[string]any

// bridge rewrites the built templates in a folder.
func bridge(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*", "template.yaml"))
	if err != nil {
		return err
	}
	for _, file := range append(files, filepath.Join(dir, "template.yaml")) {
		if err := rewrite(file, writeOutMethods, removeCalculatedAlarms); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// rewrite changes the resources of a template. A built template holds intrinsic
// functions in their long form only, so plain maps are enough.
func rewrite(file string, changes ...func(resources document)) error {
	template, err := readTemplate(file)
	if err != nil {
		return err
	}
	for _, change := range changes {
		change(object(template, "Resources"))
	}
	data, err := yaml.Marshal(template)
	if err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

func readTemplate(file string) (document, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	template := document{}
	return template, yaml.Unmarshal(data, &template)
}

// object returns the object at a path of keys, or nil if there is none.
func object(from document, path ...string) document {
	for _, key := range path {
		from, _ = from[key].(document)
	}
	return from
}

func ofType(resources document, name string) map[string]document {
	found := map[string]document{}
	for id := range resources {
		if r := object(resources, id); r["Type"] == name {
			found[id] = r
		}
	}
	return found
}

// nestFiles returns a change that makes a packed template name the nested templates as files in dir
// again, so that each deployment uploads them.
func nestFiles(dir string) func(document) {
	return func(resources document) {
		for id, application := range ofType(resources, "AWS::Serverless::Application") {
			object(application, "Properties")["Location"] = filepath.Join(dir, id, "template.yaml")
		}
	}
}

// methods returns the methods that ANY stands for.
func methods() []string { return []string{"get", "post", "put", "patch", "delete", "head", "options"} }

func writeOutMethods(resources document) {
	for _, function := range ofType(resources, "AWS::Serverless::Function") {
		writeOutEvents(object(function, "Properties", "Events"))
	}
	for _, api := range ofType(resources, "AWS::Serverless::Api") {
		paths := object(api, "Properties", "DefinitionBody", "paths")
		for path := range paths {
			item := object(paths, path)
			any, ok := item["x-amazon-apigateway-any-method"]
			if !ok {
				continue
			}
			delete(item, "x-amazon-apigateway-any-method")
			for _, method := range methods() {
				item[method] = any
			}
		}
	}
}

// writeOutEvents does the same for events that change the security of a route.
func writeOutEvents(events document) {
	for name := range maps.Clone(events) {
		properties := object(events, name, "Properties")
		if properties["Method"] != "ANY" || object(properties, "Auth")["OverrideApiAuth"] != true {
			continue
		}
		delete(events, name)
		for _, method := range methods() {
			one := maps.Clone(properties)
			one["Method"] = method
			events[name+method] = document{"Type": "Api", "Properties": one}
		}
	}
}

func removeCalculatedAlarms(resources document) {
	for id, alarm := range ofType(resources, "AWS::CloudWatch::Alarm") {
		if _, calculated := object(alarm, "Properties")["Metrics"]; calculated {
			delete(resources, id)
		}
	}
	for id := range ofType(resources, "AWS::CloudWatch::InsightRule") {
		delete(resources, id)
	}
}

// putGatewayResponses adds the gateway responses of the built template to the API, and deploys the
// API again, because a stage uses the gateway responses of its deployment.
func putGatewayResponses(ctx context.Context, client *apigateway.Client, template document, api, stage string) error {
	responses := object(template, "Resources", "Api", "Properties", "GatewayResponses")
	if len(responses) == 0 {
		return errors.New("the built template has no gateway responses")
	}
	for name := range responses {
		in := gatewayResponse(object(responses, name))
		in.RestApiId, in.ResponseType = &api, types.GatewayResponseType(name)
		if _, err := client.PutGatewayResponse(ctx, in); err != nil {
			return fmt.Errorf("gateway response %s: %w", name, err)
		}
	}
	_, err := client.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: &api, StageName: &stage})
	return err
}

func gatewayResponse(declared document) *apigateway.PutGatewayResponseInput {
	in := &apigateway.PutGatewayResponseInput{
		StatusCode:         aws.String(fmt.Sprint(declared["StatusCode"])),
		ResponseParameters: map[string]string{}, ResponseTemplates: map[string]string{},
	}
	for name, value := range object(declared, "ResponseParameters", "Headers") {
		in.ResponseParameters["gatewayresponse.header."+name] = fmt.Sprint(value)
	}
	for name, value := range object(declared, "ResponseTemplates") {
		in.ResponseTemplates[name] = strings.TrimSpace(fmt.Sprint(value))
	}
	return in
}
