package template_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"scimserver/infra/local/template"
)

func load(t *testing.T, file string, parameters map[string]string) *template.Stack {
	t.Helper()
	s, err := template.Load(file, template.Deployment{
		StackName: "app", Region: "eu-central-1", AccountID: "000000000000", Parameters: parameters,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func function(t *testing.T, s *template.Stack, id string) map[string]any {
	t.Helper()
	for _, r := range s.OfType("AWS::Serverless::Function") {
		if r.ID == id {
			return r.Properties
		}
	}
	t.Fatalf("there is no function %s", id)
	return nil
}

func TestGlobals(t *testing.T) {
	s := load(t, "testdata/main.yaml", nil)
	want := map[string]any{
		"CodeUri": "a/", "Timeout": 28, "Layers": []any{"shared"},
		"Environment": map[string]any{"Variables": map[string]any{"TABLE": "app-dev-table", "LEVEL": "INFO"}},
	}
	if got := function(t, s, "Plain"); !reflect.DeepEqual(got, want) {
		t.Errorf("a function without properties of its own:\n got %v\nwant %v", got, want)
	}
}

func TestIntrinsics(t *testing.T) {
	s := load(t, "testdata/main.yaml", map[string]string{"Seconds": "5"})
	want := map[string]any{
		"Timeout": 9, "Layers": []any{"shared", "own"},
		"Environment": map[string]any{"Variables": map[string]any{
			"TABLE": "app-dev-table", "LEVEL": "DEBUG", "SECONDS": 5.0,
			"STREAM": "arn:aws:lambda:eu-central-1:000000000000:function:app-Plain",
			"SECOND": "app", "SECRET": "arn:aws:secretsmanager:eu-central-1:000000000000:secret:app-Key",
		}},
		"Policies": []any{map[string]any{"Statement": []any{map[string]any{
			"Effect":    "Allow",
			"Resource":  "arn:aws:dynamodb:eu-central-1:000000000000:table/app-dev-table/index/${!x}",
			"Condition": map[string]any{"StringEquals": map[string]any{"a": "b"}},
		}}}},
	}
	if got := function(t, s, "Special"); !reflect.DeepEqual(got, want) {
		t.Errorf("the values of the intrinsics:\n got %v\nwant %v", got, want)
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		parameters map[string]string
		timeout    int
		memory     any
		logGroups  int
	}{
		{nil, 9, nil, 0},
		{map[string]string{"Env": "prod"}, 20, nil, 2},
		{map[string]string{"Url": "u"}, 9, nil, 1},
		{map[string]string{"Env": "prod", "Url": "u"}, 20, 1, 2},
	} {
		s := load(t, "testdata/main.yaml", c.parameters)
		f := function(t, s, "Special")
		groups := len(s.OfType("AWS::Logs::LogGroup"))
		if f["Timeout"] != c.timeout || f["MemorySize"] != c.memory || groups != c.logGroups {
			t.Errorf("%v: Timeout %v, MemorySize %v, %d log groups; want %d, %v, %d",
				c.parameters, f["Timeout"], f["MemorySize"], groups, c.timeout, c.memory, c.logGroups)
		}
	}
}

func TestWhatIsNotKnownStopsWithItsLine(t *testing.T) {
	for _, c := range []struct{ name, resource, want string }{
		{"intrinsic", "Description: !Cidr [a, b]", "t.yaml:5: the local stack does not know Fn::Cidr"},
		{"intrinsic, long form", "Description: {\"Fn::GetAZs\": x}",
			"t.yaml:5: the local stack does not know Fn::GetAZs"},
		{"name", "Description: !Ref Nowhere", "t.yaml:5: there is no parameter or resource Nowhere"},
		{"name in a text", "Description: !Sub 'x-${Nowhere}'", "t.yaml:5: there is no parameter or resource Nowhere"},
		{"attribute", "Description: !GetAtt F.Colour", "t.yaml:5: the local stack does not know the attribute Colour"},
		{"condition", "Description: !If [Nowhere, a, b]", "t.yaml:5: there is no condition Nowhere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "t.yaml")
			text := "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      " + c.resource + "\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := template.Load(file, template.Deployment{StackName: "app"})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestParametersThatTheTemplateDoesNotAllow(t *testing.T) {
	for name, value := range map[string]string{"Env": "test", "Seconds": "soon", "Unknown": "x"} {
		_, err := template.Load("testdata/main.yaml", template.Deployment{Parameters: map[string]string{name: value}})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s=%s: the error is %v, want one that names the parameter", name, value, err)
		}
	}
}

func TestTheProjectsOwnTemplate(t *testing.T) {
	s := load(t, "../../../template.yaml", nil)
	if tables := s.OfType("AWS::DynamoDB::Table"); len(tables) != 1 || tables[0].ARN == "" {
		t.Errorf("tables: %v, want the one of the nested stack", tables)
	}
	logGroups := physicalNames(s, "AWS::Logs::LogGroup")
	for _, f := range s.OfType("AWS::Serverless::Function") {
		var p struct {
			Environment   struct{ Variables map[string]any }
			LoggingConfig struct{ LogGroup string }
		}
		if err := f.Decode(&p); err != nil {
			t.Error(err)
		}
		if p.Environment.Variables["TABLE_NAME"] != "app-Storage-Table" {
			t.Errorf("%s: TABLE_NAME is %q", f.ID, p.Environment.Variables["TABLE_NAME"])
		}
		if !logGroups[p.LoggingConfig.LogGroup] {
			t.Errorf("%s: its log group is %q, want one of the template, which says how long it is kept",
				f.ID, p.LoggingConfig.LogGroup)
		}
		delete(logGroups, p.LoggingConfig.LogGroup)
	}
	for _, api := range s.OfType("AWS::Serverless::Api") {
		var p struct {
			AccessLogSetting struct{ DestinationArn string }
		}
		if err := api.Decode(&p); err != nil {
			t.Error(err)
		}
		_, group, _ := strings.Cut(p.AccessLogSetting.DestinationArn, ":log-group:")
		delete(logGroups, strings.TrimSuffix(group, ":*"))
	}
	if len(logGroups) > 0 {
		t.Errorf("log groups of no function and no API, or of two: %v", logGroups)
	}
}

// TestEveryStreamHasDeadLetters: a record that cannot be noticed must not get lost
// unseen, and must neither stop its shard for good nor drag others down.
func TestEveryStreamHasDeadLetters(t *testing.T) {
	s := load(t, "../../../template.yaml", nil)
	queues := map[string]bool{}
	for _, q := range s.OfType("AWS::SQS::Queue") {
		queues[q.ARN] = q.Properties["MessageRetentionPeriod"] == 14*24*60*60
	}
	streams := 0
	for _, f := range s.OfType("AWS::Serverless::Function") {
		var p struct {
			Events map[string]struct {
				Type       string
				Properties struct {
					MaximumRetryAttempts, MaximumRecordAgeInSeconds int
					BisectBatchOnFunctionError                      bool
					FunctionResponseTypes                           []string
					DestinationConfig                               struct{ OnFailure struct{ Destination string } }
				}
			}
		}
		if err := f.Decode(&p); err != nil {
			t.Error(err)
		}
		for name, e := range p.Events {
			if e.Type != "DynamoDB" {
				continue
			}
			streams++
			e := e.Properties
			if !queues[e.DestinationConfig.OnFailure.Destination] || e.MaximumRetryAttempts != -1 ||
				e.MaximumRecordAgeInSeconds < 3600 ||
				e.MaximumRecordAgeInSeconds >= 24*3600 || !e.BisectBatchOnFunctionError ||
				len(e.FunctionResponseTypes) != 1 {
				t.Errorf("%s.%s: %+v, want a queue that keeps letters for 14 days, any number of retries, an "+
					"age below the stream's own, and partial failures", f.ID, name, e)
			}
		}
	}
	if streams == 0 {
		t.Error("no function reads the stream")
	}
}

func physicalNames(s *template.Stack, resourceType string) map[string]bool {
	names := map[string]bool{}
	for _, r := range s.OfType(resourceType) {
		names[r.PhysicalName] = true
	}
	return names
}
