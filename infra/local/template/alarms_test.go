package template_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"scimserver/shared/tenant"
)

// pages are the sections of the runbook about alarms, by heading.
func pages(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	_, alarms, _ := strings.Cut(string(text), "\n## Alarms\n")
	alarms, _, _ = strings.Cut(alarms, "\n## ")
	all := map[string]string{}
	for _, section := range strings.Split(alarms, "\n### ")[1:] {
		name, page, _ := strings.Cut(section, "\n")
		all[name] = strings.TrimSpace(page)
	}
	return all
}

// TestEveryAlarmHasItsPage: the person on call knows where to read on, and no page
// speaks of an alarm that is gone.
func TestEveryAlarmHasItsPage(t *testing.T) {
	s := load(t, "../../../template.yaml", nil)
	pages := pages(t)
	alarms := s.OfType("AWS::CloudWatch::Alarm")
	if len(alarms) < 10 {
		t.Errorf("only %d alarms are declared", len(alarms))
	}
	for _, a := range alarms {
		var p struct {
			AlarmDescription string
			AlarmActions     []string
		}
		if err := a.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if len(pages[a.ID]) < 80 {
			t.Errorf("the runbook says too little about %s: %q", a.ID, pages[a.ID])
		}
		if !strings.HasSuffix(p.AlarmDescription, "infra/docs/runbook.md#"+strings.ToLower(a.ID)) ||
			len(p.AlarmActions) != 1 {
			t.Errorf("%s: %q, %q", a.ID, p.AlarmDescription, p.AlarmActions)
		}
		delete(pages, a.ID)
	}
	for name := range pages {
		t.Errorf("the runbook has a page on %s, which is no alarm", name)
	}
}

// TestMetricFiltersCountIntoAlarms: a metric that is counted is looked at, and one
// of our own that is looked at is counted.
func TestMetricFiltersCountIntoAlarms(t *testing.T) {
	s := load(t, "../../../template.yaml", nil)
	text, err := os.ReadFile("../../alarms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	metric := regexp.MustCompile(`Namespace: !Ref MetricNamespace\n\s+MetricName: (\w+)`)
	for _, m := range metric.FindAllStringSubmatch(string(text), -1) {
		used[m[1]] = false
	}
	for _, f := range s.OfType("AWS::Logs::MetricFilter") {
		var p struct{ MetricTransformations []struct{ MetricName string } }
		if err := f.Decode(&p); err != nil {
			t.Fatal(err)
		}
		used[p.MetricTransformations[0].MetricName] = true
	}
	for name, counted := range used {
		if looked := strings.Count(string(text), "MetricName: "+name+"\n"); !counted || looked < 2 {
			t.Errorf("%s: counted %v, named %d times", name, counted, looked)
		}
	}
}

// TestThePlanIsTheDefaultLimit: a tenant without limits of its own gets what its
// record says, in AWS as under the local stack.
func TestThePlanIsTheDefaultLimit(t *testing.T) {
	plans := load(t, "../../../template.yaml", nil).OfType("AWS::ApiGateway::UsagePlan")
	if len(plans) != 1 {
		t.Fatalf("%d usage plans", len(plans))
	}
	var p struct {
		Throttle struct{ RateLimit, BurstLimit int }
	}
	if err := plans[0].Decode(&p); err != nil {
		t.Fatal(err)
	}
	want := tenant.DefaultLimits()
	if p.Throttle.RateLimit != want.RequestsPerSecond || p.Throttle.BurstLimit != want.Burst {
		t.Errorf("the plan allows %+v, a tenant's record %+v", p.Throttle, want)
	}
}

// TestRulesReadTheLogsThatExist: a rule of Contributor Insights is a JSON text, which
// CloudFormation does not check.
func TestRulesReadTheLogsThatExist(t *testing.T) {
	s := load(t, "../../../template.yaml", nil)
	rules := map[string]bool{}
	for _, r := range s.OfType("AWS::CloudWatch::InsightRule") {
		var p struct{ RuleName, RuleBody string }
		if err := r.Decode(&p); err != nil {
			t.Fatal(err)
		}
		var body struct {
			LogGroupNames []string
			Contribution  struct{ Keys []string }
		}
		if err := json.Unmarshal([]byte(p.RuleBody), &body); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
		if len(body.LogGroupNames) == 0 || !slices.Equal(body.Contribution.Keys, []string{"$.tenant"}) {
			t.Errorf("%s: %+v", r.ID, body)
		}
		rules[p.RuleName] = false
	}
	for _, a := range s.OfType("AWS::CloudWatch::Alarm") {
		var p struct{ Metrics []struct{ Expression string } }
		if err := a.Decode(&p); err != nil {
			t.Fatal(err)
		}
		for _, m := range p.Metrics {
			if found := regexp.MustCompile(`INSIGHT_RULE_METRIC\('([^']+)',` +
				` 'MaxContributorValue'\)`).FindStringSubmatch(m.Expression); found != nil {
				rules[found[1]] = true
			}
		}
	}
	for name, watched := range rules {
		if !watched {
			t.Errorf("no alarm watches the rule %s", name)
		}
	}
	if len(rules) != 2 {
		t.Errorf("the rules are %v", rules)
	}
}
