package template_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"scimserver/infra/local/template"
)

func loadWith(t *testing.T, parameters map[string]string) *template.Stack {
	t.Helper()
	s, err := template.Load("../../../template.yaml", template.Deployment{
		StackName: "app", Region: "eu-central-1", AccountID: "000000000000", Parameters: parameters,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTheTableMayExistAlready: production's table is in a stack of its own, and a
// restored one was made by no stack. Every function then uses that table.
func TestTheTableMayExistAlready(t *testing.T) {
	const stream = "arn:aws:dynamodb:eu-central-1:000000000000:table/restored/stream/2026-11-28T00:00:00.000"
	s := loadWith(t, map[string]string{"TableName": "restored", "TableStreamArn": stream})
	if made := s.OfType("AWS::DynamoDB::Table"); len(made) > 0 {
		t.Errorf("the stack makes the table %s", made[0].PhysicalName)
	}
	for _, f := range s.OfType("AWS::Serverless::Function") {
		data, err := json.Marshal(f.Properties)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		if !strings.Contains(text, `"TABLE_NAME":"restored"`) {
			t.Errorf("%s does not use the table", f.ID)
		}
		uses := strings.Contains(text, "dynamodb:GetItem")
		if uses && !strings.Contains(text, "arn:aws:dynamodb:eu-central-1:000000000000:table/restored\"") {
			t.Errorf("%s has no right to the table", f.ID)
		}
		if f.ID == "ChangesFunction" && !strings.Contains(text, stream) {
			t.Error("function changes does not read the table's stream")
		}
	}
	if s.Outputs["TableName"] != "restored" {
		t.Errorf("the output TableName is %v", s.Outputs["TableName"])
	}
}

// TestAFailedFirstDeploymentCanBeCleanedUp: CloudFormation can't delete a protected
// table, not even when it rolls the first deployment back.
func TestAFailedFirstDeploymentCanBeCleanedUp(t *testing.T) {
	for given, want := range map[string]bool{"": false, "false": false, "true": true} {
		parameters := map[string]string{}
		if given != "" {
			parameters["TableProtection"] = given
		}
		table := loadWith(t, parameters).OfType("AWS::DynamoDB::Table")[0]
		if got := table.Properties["DeletionProtectionEnabled"]; got != want {
			t.Errorf("TableProtection=%q: protection is %v, want %v", given, got, want)
		}
	}
}

// TestTheKeyOfTheTable: the key that AWS owns costs nothing; a customer's key is used when it is given.
func TestTheKeyOfTheTable(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:000000000000:key/1"
	for given, want := range map[string]any{
		"": nil, key: map[string]any{"SSEEnabled": true, "SSEType": "KMS", "KMSMasterKeyId": key},
	} {
		s, err := template.Load("../../storage.yaml",
			template.Deployment{StackName: "app", Parameters: map[string]string{"TableKeyArn": given}})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.OfType("AWS::DynamoDB::Table")[0].Properties["SSESpecification"]; !reflect.DeepEqual(got, want) {
			t.Errorf("TableKeyArn=%q: %v, want %v", given, got, want)
		}
	}
}

// TestBackups: AWS Backup keeps the table that the stack uses, also one that was there before, and only on request.
func TestBackups(t *testing.T) {
	const existing = "arn:aws:dynamodb:eu-central-1:000000000000:table/restored"
	const stream = existing + "/stream/2026-11-28T00:00:00.000"
	for _, c := range []struct {
		name       string
		parameters map[string]string
		want       []any
	}{
		{"not asked for", nil, nil},
		{"of the table that is made", map[string]string{"BackupDays": "90"},
			[]any{"arn:aws:dynamodb:eu-central-1:000000000000:table/app-Storage-Table"}},
		{"of an existing table",
			map[string]string{"BackupDays": "90", "TableName": "restored", "TableStreamArn": stream},
			[]any{existing}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var saved []any
			for _, r := range loadWith(t, c.parameters).OfType("AWS::Backup::BackupSelection") {
				saved, _ = r.Properties["BackupSelection"].(map[string]any)["Resources"].([]any)
			}
			if !reflect.DeepEqual(saved, c.want) {
				t.Errorf("backups are made of %v, want %v", saved, c.want)
			}
		})
	}
}

// TestSettingsOfTheTablePassThrough: what is given to the service's stack reaches the table that it makes.
func TestSettingsOfTheTablePassThrough(t *testing.T) {
	const key = "arn:aws:kms:eu-central-1:000000000000:key/1"
	s := loadWith(t, map[string]string{"TableKeyArn": key, "WarmReads": "20000", "WarmWrites": "8000"})
	table := s.OfType("AWS::DynamoDB::Table")[0].Properties
	if got := table["SSESpecification"].(map[string]any)["KMSMasterKeyId"]; got != key {
		t.Errorf("the key is %v", got)
	}
	want := map[string]any{"ReadUnitsPerSecond": 20000.0, "WriteUnitsPerSecond": 8000.0}
	if got := table["WarmThroughput"]; !reflect.DeepEqual(got, want) {
		t.Errorf("the warm throughput is %v, want %v", got, want)
	}
}

// TestParametersThatCannotWork: a typing error is refused before anything is changed.
func TestParametersThatCannotWork(t *testing.T) {
	for name, value := range map[string]string{
		"WebAclArn": "arn:aws:wafv2:us-east-1:000000000000:global/webacl/x/1", "AdminSourceRanges": "192.0.2.1",
		"TableKeyArn": "alias/mine", "AlarmKeyArn": "alias/aws/sns", "UniquenessScope": "tenant",
		"CertificateArn": "scim.example.com", "StageName": "v2",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := template.Load("../../../template.yaml", template.Deployment{
				StackName: "app", Parameters: map[string]string{name: value},
			})
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s=%s: %v, want an error that names the parameter", name, value, err)
			}
		})
	}
}
