package iam_test

import (
	"testing"

	"scimserver/infra/local/iam"
)

const key = "dynamodb:LeadingKeys"

func TestAllows(t *testing.T) {
	const document = `[
		{"Statement": [
			{"Effect": "Allow", "Action": ["db:Get", "db:Q*"], "Resource": "arn:table/a"},
			{"Effect": "Allow", "Action": "db:Put", "Resource": "*",
				"Condition": {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["T#*", "EXACT"]}}},
			{"Effect": "Allow", "Action": "db:Del", "Resource": "*",
				"Condition": {"StringEquals": {"dynamodb:LeadingKeys": "T#*"}}}
		]},
		{"Statement": [{"Effect": "Deny", "Action": "db:Query", "Resource": "arn:table/?"}]}
	]`
	policy, err := iam.Parse([]byte(document), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, action, resource string
		keys                   []string
		want                   bool
	}{
		{"granted", "db:Get", "arn:table/a", nil, true},
		{"another table", "db:Get", "arn:table/ab", nil, false},
		{"another action", "db:Scan", "arn:table/a", nil, false},
		{"a pattern of actions", "db:Quit", "arn:table/a", nil, true},
		{"denied, though allowed", "db:Query", "arn:table/a", nil, false},
		{"a key that is like one", "db:Put", "x", []string{"T#1", "EXACT"}, true},
		{"one key that is like none", "db:Put", "x", []string{"T#1", "U#1"}, false},
		{"no key at all holds for all values", "db:Put", "x", nil, true},
		{"equality takes no pattern", "db:Del", "x", []string{"T#1"}, false},
		{"equality", "db:Del", "x", []string{"T#*"}, true},
		{"no key at all is equal to nothing", "db:Del", "x", nil, false},
	} {
		r := iam.Request{Action: c.action, Resource: c.resource, Context: map[string][]string{key: c.keys}}
		if got := policy.Allows(r); got != c.want {
			t.Errorf("%s: allowed is %v, want %v", c.name, got, c.want)
		}
	}
}

func TestParseRefusesWhatItCannotJudge(t *testing.T) {
	for name, document := range map[string]string{
		"a policy template": `[{"DynamoDBCrudPolicy": {"TableName": "t"}}]`,
		"a managed policy":  `["AmazonDynamoDBFullAccess"]`,
		"another operator": `[{"Statement": [{"Effect": "Allow", "Action": "a", "Resource": "*",` +
			` "Condition": {"Null": {"dynamodb:LeadingKeys": "true"}}}]}]`,
		"another key": `[{"Statement": [{"Effect": "Allow", "Action": "a", "Resource": "*",` +
			` "Condition": {"StringLike": {"aws:SourceIp": "*"}}}]}]`,
		"no effect": `[{"Statement": [{"Action": "a", "Resource": "*"}]}]`,
	} {
		if _, err := iam.Parse([]byte(document), key); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
