package translate_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"scimserver/infra/check/translate"
	"scimserver/infra/local/template"
)

const file = "../../../template.yaml"

// translated translates the project's template once for all tests.
var translated = sync.OnceValues(func() (*translate.Template, error) {
	return translate.File(context.Background(), file)
})

func load(t *testing.T) *translate.Template {
	t.Helper()
	tpl, err := translated()
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

type object = map[string]any

// deployed is what a value becomes if all its conditions hold.
func deployed(v any) any {
	if choice, ok := at(v, "Fn::If").([]any); ok {
		return choice[1]
	}
	return v
}

// at follows a path of keys.
func at(v any, path ...string) any {
	for _, key := range path {
		o, _ := v.(object)
		v = o[key]
	}
	return v
}

// text is a value as JSON.
func text(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// TestTheBodyHoldsWhatADeploymentMustNotReset: an import in mode overwrite resets
// every property of the API that is not in the body, and removes every route that is not.
func TestTheBodyHoldsWhatADeploymentMustNotReset(t *testing.T) {
	apis := load(t).OfType("AWS::ApiGateway::RestApi")
	if len(apis) != 2 {
		t.Fatalf("%d REST APIs", len(apis))
	}
	for id, api := range apis {
		if api.Properties["Mode"] != "overwrite" {
			t.Errorf("%s: mode %v", id, api.Properties["Mode"])
		}
		if title := at(api.Properties, "Body", "info", "title"); text(title) != text(api.Properties["Name"]) {
			t.Errorf("%s: the body's title is %s, the API's name %s", id, text(title), text(api.Properties["Name"]))
		}
	}
	api := apis["Api"].Properties
	if got := at(api, "Body", "x-amazon-apigateway-api-key-source"); got != "AUTHORIZER" ||
		api["ApiKeySourceType"] != got {
		t.Errorf("API keys come from %v, and %v as a property", got, api["ApiKeySourceType"])
	}
	if len(at(api, "Body", "x-amazon-apigateway-gateway-responses").(object)) < 20 {
		t.Error("the body lacks gateway responses")
	}
}

// TestTheBodyHasTheRoutesOfTheEvents: the events give permissions and are what the
// local stack serves; the body is what API Gateway serves.
func TestTheBodyHasTheRoutesOfTheEvents(t *testing.T) {
	var bodies, events []string
	for id, api := range load(t).OfType("AWS::ApiGateway::RestApi") {
		for path, item := range at(api.Properties, "Body", "paths").(object) {
			for method, operation := range deployed(item).(object) {
				bodies = append(bodies, route(t, id, path, method, operation))
			}
		}
	}
	deployment := template.Deployment{StackName: "app", Region: "eu-central-1", AccountID: "000000000000"}
	stack, err := template.Load(file, deployment)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range stack.OfType("AWS::Serverless::Function") {
		events = append(events, eventRoutes(t, f)...)
	}
	slices.Sort(bodies)
	slices.Sort(events)
	if !slices.Equal(bodies, events) {
		t.Errorf("routes in the body:\n%s\nroutes of the events:\n%s", strings.Join(bodies, "\n"),
			strings.Join(events, "\n"))
	}
}

// route describes an operation of a body: API, path, function and what it asks for.
func route(t *testing.T, api, path, method string, operation any) string {
	t.Helper()
	if method != "x-amazon-apigateway-any-method" {
		t.Errorf("%s %s: method %s, which the local stack's ANY is not", api, path, method)
	}
	uri := text(at(deployed(at(operation, "x-amazon-apigateway-integration")), "uri"))
	_, function, _ := strings.Cut(uri, "functions/${")
	function, _, _ = strings.Cut(function, ".Arn}")
	var schemes []string
	security, _ := at(operation, "security").([]any)
	for _, s := range security {
		schemes = slices.AppendSeq(schemes, maps.Keys(s.(object)))
	}
	return fmt.Sprint(api, " ", path, " ", function, " ", strings.Join(schemes, ","))
}

func eventRoutes(t *testing.T, f *template.Resource) (all []string) {
	t.Helper()
	var p struct {
		Events map[string]struct {
			Type       string
			Properties struct {
				RestAPIID string `json:"RestApiId"`
				Path      string
				Auth      struct{ Authorizer string }
			}
		}
	}
	if err := f.Decode(&p); err != nil {
		t.Fatal(err)
	}
	for _, e := range p.Events {
		if e.Type != "Api" {
			continue
		}
		api := strings.TrimPrefix(e.Properties.RestAPIID, "app-")
		schemes := map[string]string{"Api": "BearerToken,api_key", "AdminApi": "AWS_IAM"}[api]
		if e.Properties.Auth.Authorizer == "NONE" {
			schemes = ""
		}
		all = append(all, fmt.Sprint(api, " ", e.Properties.Path, " ", f.ID, " ", schemes))
	}
	return all
}

// TestRefusalsOfTheGatewayLeaveATrace: error texts send operators to a log by request
// id, and what the gateway refuses by itself is in no log of a function.
func TestRefusalsOfTheGatewayLeaveATrace(t *testing.T) {
	tpl := load(t)
	stages := tpl.OfType("AWS::ApiGateway::Stage")
	if len(stages) != 2 {
		t.Fatalf("%d stages", len(stages))
	}
	for id, stage := range stages {
		format, _ := at(stage.Properties, "AccessLogSetting", "Format").(string)
		var fields map[string]string
		if err := json.Unmarshal([]byte(format), &fields); err != nil {
			t.Errorf("%s: the format of access logs is no JSON: %v", id, err)
		}
		for _, want := range []string{
			"$context.requestId", "$context.extendedRequestId", "$context.integration.requestId",
			"$context.error.responseType",
			"$context.status", "$context.httpMethod", "$context.resourcePath", "$context.responseLatency",
			"$context.integrationLatency",
		} {
			if !slices.Contains(slices.Collect(maps.Values(fields)), want) {
				t.Errorf("%s: access logs lack %s", id, want)
			}
		}
		group, _ := at(stage.Properties, "AccessLogSetting", "DestinationArn", "Fn::GetAtt").([]any)
		if len(group) == 0 || tpl.Resources[fmt.Sprint(group[0])].Type != "AWS::Logs::LogGroup" {
			t.Errorf("%s: access logs go to %v", id, group)
		}
	}
	if account := tpl.Resources["ApiLogsAccount"]; account.Condition != "SetsApiLogsRole" ||
		account.DeletionPolicy != "Retain" {
		t.Errorf("the account's role is %+v, want one that is set on request only and outlives the stack", account)
	}
}

// TestTheStageHasOneName: usage plans that are made at run time name the stage.
func TestTheStageHasOneName(t *testing.T) {
	for id, stage := range load(t).OfType("AWS::ApiGateway::Stage") {
		if name, fixed := stage.Properties["StageName"].(string); !fixed {
			t.Errorf("%s: the name of the stage is %s, want a fixed one", id, text(name))
		}
	}
}

// TestTheTimeToRememberTokensIsANumber: a Ref to a parameter is a text in the body.
func TestTheTimeToRememberTokensIsANumber(t *testing.T) {
	body := load(t).Resources["Api"].Properties["Body"]
	ttl := at(body, "components", "securitySchemes", "BearerToken", "x-amazon-apigateway-authorizer",
		"authorizerResultTtlInSeconds")
	for {
		choice, ok := at(ttl, "Fn::If").([]any)
		if !ok {
			break
		}
		if _, number := choice[1].(float64); !number {
			t.Errorf("one of the times is %s, want a number", text(choice[1]))
		}
		ttl = choice[2]
	}
	if _, number := ttl.(float64); !number {
		t.Errorf("the time is %s, want a number", text(ttl))
	}
}

// TestStreamRecordsAreRetriedByAge: an outage of the table may not lose records by their number of tries.
func TestStreamRecordsAreRetriedByAge(t *testing.T) {
	for id, m := range load(t).OfType("AWS::Lambda::EventSourceMapping") {
		age, _ := m.Properties["MaximumRecordAgeInSeconds"].(float64)
		if m.Properties["MaximumRetryAttempts"] != -1.0 || age < 3600 || age > 12*3600 {
			t.Errorf("%s: %v tries within %v s; want any number within hours that leave time to read the stream "+
				"by hand (24 h)", id, m.Properties["MaximumRetryAttempts"], age)
		}
	}
}

// TestTheDomainIsTheOnlyWayIn: a domain takes TLS 1.2 and newer only, and the default
// URL, which would lead round it, is switched off in the body of the API as well.
func TestTheDomainIsTheOnlyWayIn(t *testing.T) {
	tpl := load(t)
	domain := tpl.Resources["Domain"]
	if domain.Condition != "HasDomain" || domain.Properties["SecurityPolicy"] != "TLS_1_2" {
		t.Errorf("the domain is %+v", domain)
	}
	const off = `[{"x-amazon-apigateway-endpoint-configuration":{"disableExecuteApiEndpoint":{"Fn::If":["HasDomain",` +
		`true,false]}}}]`
	if servers := text(at(tpl.Resources["Api"].Properties["Body"], "servers")); servers != off {
		t.Errorf("the body's servers are %s, want %s", servers, off)
	}
}

// TestTheOperatorApiIsOnlyRestricted: within an account, a resource policy that allows is enough to
// be let in, so it may deny and nothing else.
func TestTheOperatorApiIsOnlyRestricted(t *testing.T) {
	policy, ok := at(load(t).Resources["AdminApi"].Properties, "Body", "x-amazon-apigateway-policy", "Fn::If").([]any)
	if !ok || policy[0] != "LimitsOperatorAddresses" || text(policy[2]) != `{"Ref":"AWS::NoValue"}` {
		t.Fatalf("the policy is %s, want one that a parameter switches on", text(policy))
	}
	for _, statement := range at(policy[1], "Statement").([]any) {
		if at(statement, "Effect") != "Deny" || at(statement, "Condition", "NotIpAddress", "aws:SourceIp") == nil {
			t.Errorf("the statement is %s", text(statement))
		}
	}
}

// TestTheFirewallGuardsTheStage: a web ACL is associated with the ARN of a stage, and only if one is given.
func TestTheFirewallGuardsTheStage(t *testing.T) {
	acl := load(t).Resources["WebAcl"]
	const arn = `{"Fn::Sub":"arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Apiv1Stage}"}`
	if acl.Condition != "HasWebAcl" || text(acl.Properties["ResourceArn"]) != arn {
		t.Errorf("the association is %+v", acl)
	}
}

// TestRoutesWithoutATokenHaveALimitOfTheirOwn: a flood of them does not use up the limit of all requests.
func TestRoutesWithoutATokenHaveALimitOfTheirOwn(t *testing.T) {
	tpl := load(t)
	limited := map[string]bool{}
	for _, s := range tpl.Resources["Apiv1Stage"].Properties["MethodSettings"].([]any) {
		limited[strings.ReplaceAll(fmt.Sprint(at(deployed(s), "ResourcePath")), "/~1", "/")] = true
	}
	for path, item := range at(tpl.Resources["Api"].Properties, "Body", "paths").(object) {
		security, _ := at(deployed(item), "x-amazon-apigateway-any-method", "security").([]any)
		if key := "/" + strings.ReplaceAll(path[1:], "/", "~1"); len(security) == 0 && !limited[key] {
			t.Errorf("%s needs no token and has no limit; the limits are of %v", path, limited)
		}
	}
}
